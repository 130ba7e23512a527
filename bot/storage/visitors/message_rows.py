"""Messages as rows."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.audience import Audience
from bot.core.events import Attachment
from bot.core.model import Assurance, Author, Kind, MessageId
from bot.core.search_line import line_of
from bot.storage.database.bulk import Row
from bot.storage.tables import time_text
from bot.storage.visitors.visitor_states import VisitorState


class Delivery(StrEnum):
    """The delivery state of an outgoing message; delivered and seen follow from watermarks."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"
    UNCERTAIN = "uncertain"


OTHER_APP = "other_app"
"""The `origin` of what the page wrote and we did not send."""

BY_MAIL = "mail"
"""The `origin` of a visitor's answer to a mail, and of what an agent had mailed, since the channel
let us write no more."""

AUTOMATIC_MAIL = "automatic_mail"
"""The `origin` of a note about a mail that a program wrote."""

MESSAGE_COLUMNS = (
    "id",
    "conversation_id",
    "seq",
    "direction",
    "author",
    "name",
    "kind",
    "text",
    "attachments",
    "payload",
    "at",
    "created_at",
    "provider_key",
    "client_key",
    "origin",
    "audience",
    "assurance",
    "edit",
    "deleted_at",
    "delivery",
    "reply_to",
    "reaction",
    "reacted_at",
    "search_line",
)


@dataclass(slots=True)
class NewMessage:
    """A message to be written; `seq` is given when it joins a batch, `id` when that is saved."""

    thread: VisitorState
    author: Author
    text: str
    at: datetime
    created_at: datetime
    kind: Kind = Kind.TEXT
    name: str | None = None
    attachments: tuple[Attachment, ...] = ()
    files: tuple[str, ...] = ()
    """The ids of uploads that become its own, in the order of the first attachments."""
    payload: str | None = None
    provider_key: str | None = None
    client_key: str | None = None
    origin: str | None = None
    audience: Audience | None = None
    """The audience besides the agents; None: everybody in the conversation."""
    assurance: Assurance | None = None
    """How sure it is that the owner of the conversation's address wrote it."""
    edit: int = 0
    reply_to: str | None = None
    """The provider's key of the message that it replies to."""
    reaction: str | None = None
    """The visitor's emoji on it."""
    reacted_at: datetime | None = None
    deleted_at: datetime | None = None
    delivery: Delivery | None = None
    seq: int = 0
    id: MessageId | None = None

    @property
    def incoming(self) -> bool:
        """Whether the visitor wrote the message."""
        return self.author is Author.VISITOR

    @property
    def deleted(self) -> bool:
        """Whether the message was unsent."""
        return self.deleted_at is not None


def message_row(message: NewMessage) -> Row:
    """Lay a message out in the order of MESSAGE_COLUMNS."""
    return (
        message.id,
        message.thread.conversation_id,
        message.seq,
        "incoming" if message.incoming else "outgoing",
        str(message.author),
        message.name,
        str(message.kind),
        message.text,
        json.dumps([asdict(part) for part in message.attachments]) if message.attachments else None,
        message.payload,
        time_text(message.at),
        time_text(message.created_at),
        message.provider_key,
        message.client_key,
        message.origin,
        message.audience,
        message.assurance and str(message.assurance),
        message.edit,
        time_text(message.deleted_at) if message.deleted_at else None,
        message.delivery and str(message.delivery),
        message.reply_to,
        message.reaction,
        time_text(message.reacted_at) if message.reacted_at else None,
        line_of(message.text),
    )
