"""Mails as they came, kept for the team for thirty days, with what their messages leave out."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa

from bot.core.model import ConversationId, MessageId
from bot.storage.tables import conversations, messages, original_mails

KEPT = timedelta(days=30)
MOST_BYTES = 1 << 20
"""What is longer is cut: of its text more is kept than is ever shown."""
_MOST_OF_CONVERSATION = 100
_FORGOTTEN_AT_ONCE = 20
_Fields = original_mails.c


class Standing(StrEnum):
    """What a mail counts as."""

    ANSWER = "answer"
    FROM_ANOTHER = "from_another"
    """It came from another address than the one that was written to."""
    AUTOMATIC = "automatic"


@dataclass(frozen=True, slots=True)
class NewOriginal:
    """A mail that is to be kept beside the message or the note about it."""

    conversation_id: ConversationId
    message_key: str
    standing: Standing
    sender: str
    text: str
    """Its new words."""
    whole: str
    """All of its text."""
    files: tuple[str, ...]
    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Original:
    """A mail that is kept."""

    id: int
    conversation_id: ConversationId
    message_key: str
    standing: Standing
    sender: str
    text: str
    whole: str
    files: tuple[str, ...]
    raw: bytes = field(repr=False)
    created_at: datetime
    taken_at: datetime | None

    @property
    def may_be_taken(self) -> bool:
        """Say whether an agent may make it the visitor's answer."""
        return self.standing is Standing.FROM_ANOTHER and self.taken_at is None


@dataclass(frozen=True, slots=True)
class OriginalMark:
    """That a mail is kept, and whether it may still be taken as the visitor's answer."""

    may_be_taken: bool


def keep_original(connection: sa.Connection, mail: NewOriginal, now: datetime) -> None:
    """Keep a mail, and let the oldest of a conversation go that has too many."""
    row = {
        "conversation_id": mail.conversation_id,
        "message_key": mail.message_key,
        "standing": mail.standing,
        "sender": mail.sender,
        "text": mail.text,
        "whole": mail.whole,
        "files": list(mail.files),
        "raw": mail.raw[:MOST_BYTES],
        "created_at": now,
    }
    connection.execute(sa.insert(original_mails).values(row))
    of_conversation = _Fields.conversation_id == mail.conversation_id
    newest = sa.select(_Fields.id).where(of_conversation).order_by(_Fields.id.desc())
    kept = newest.limit(_MOST_OF_CONVERSATION).subquery()
    old = sa.and_(of_conversation, _Fields.id.not_in(sa.select(kept.c.id)))
    connection.execute(sa.delete(original_mails).where(old))


def find_originals(
    connection: sa.Connection, ids: Collection[MessageId]
) -> Mapping[MessageId, OriginalMark]:
    """Say which of some messages have their mail kept."""
    query = (
        sa.select(messages.c.id, _Fields.standing, _Fields.taken_at)
        .join(original_mails, _Fields.message_key == messages.c.provider_key)
        .where(messages.c.id.in_(sorted(ids)))
    )
    return {
        MessageId(row.id): OriginalMark(
            row.standing == Standing.FROM_ANOTHER and row.taken_at is None
        )
        for row in connection.execute(query)
    }


def find_original(connection: sa.Connection, id: ConversationId, seq: int) -> Original | None:
    """Open the mail of a message; None: it came otherwise, or its mail is kept no more."""
    query = (
        sa.select(original_mails)
        .join(messages, _Fields.message_key == messages.c.provider_key)
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(
            messages.c.conversation_id == id,
            messages.c.seq == seq,
            conversations.c.gone_at.is_(None),
        )
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return Original(
        row.id,
        row.conversation_id,
        row.message_key,
        Standing(row.standing),
        row.sender,
        row.text,
        row.whole,
        tuple(row.files),
        row.raw,
        row.created_at,
        row.taken_at,
    )


def mark_taken(connection: sa.Connection, id: int, now: datetime) -> None:
    """Keep that an agent made a mail the visitor's answer."""
    chosen = sa.update(original_mails).where(_Fields.id == id)
    connection.execute(chosen.values(taken_at=now))


def find_old_originals(connection: sa.Connection, now: datetime) -> list[int]:
    """List some of the mails that have been kept for long enough."""
    query = sa.select(_Fields.id).where(_Fields.created_at <= now - KEPT)
    found = connection.execute(query.order_by(_Fields.created_at).limit(_FORGOTTEN_AT_ONCE))
    return list(found.scalars())


def forget_originals(connection: sa.Connection, ids: Collection[int]) -> None:
    """Delete some mails; the messages about them stay."""
    connection.execute(sa.delete(original_mails).where(_Fields.id.in_(sorted(ids))))
