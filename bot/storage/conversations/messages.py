"""Messages that are stored: how far they have come, and who may read which."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.core.events import Attachment
from bot.core.model import Assurance, Author, ConversationId, Kind, MessageId
from bot.storage.conversations.reactions import QuotedMessage, find_quoted
from bot.storage.tables import conversations, messages
from bot.storage.visitors.message_rows import Delivery


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message with what is known of its way to the visitor."""

    id: MessageId
    seq: int
    outgoing: bool
    author: Author
    name: str | None
    kind: Kind
    text: str
    attachments: tuple[Attachment, ...]
    at: datetime
    created_at: datetime
    client_key: str | None
    origin: str | None
    assurance: Assurance | None
    edited: bool
    deleted: bool
    delivery: Delivery | None
    delivery_error: str | None
    delivery_at: datetime | None
    delivered_up_to: datetime | None
    seen_up_to: datetime | None
    reaction: str | None = None
    """The visitor's emoji on it."""
    quoted: QuotedMessage | None = None
    """The message of the conversation that it replies to."""


@dataclass(frozen=True, slots=True)
class MessageList:
    """Some messages, the oldest first, and the number of the last one there is."""

    messages: list[StoredMessage]
    last_seq: int


@dataclass(frozen=True, slots=True)
class Span:
    """Which messages of a conversation: the first ones after a number, or the last ones.

    The last ones may end before a number, and begin no earlier than at one.
    """

    limit: int
    after_seq: int | None = None
    before_seq: int | None = None
    from_seq: int | None = None


_BEHIND_ALL = 2**31 - 1
_STORED = (
    sa.select(messages, conversations.c.delivered_up_to, conversations.c.seen_up_to)
    .join(conversations, conversations.c.id == messages.c.conversation_id)
    .where(conversations.c.gone_at.is_(None))
)


def list_messages(connection: sa.Connection, id: ConversationId, span: Span) -> MessageList | None:
    """List a conversation's messages for its agents, notes included; None: there is no such one."""
    known = sa.select(conversations.c.last_seq).where(
        conversations.c.id == id, conversations.c.gone_at.is_(None)
    )
    last_seq = connection.execute(known).scalar()
    if last_seq is None:
        return None
    seq = messages.c.seq
    query = _STORED.where(messages.c.conversation_id == id).limit(span.limit)
    if span.after_seq is not None:
        rows = connection.execute(query.where(seq > span.after_seq).order_by(seq)).all()
        return MessageList(_with_quoted(connection, rows), last_seq)
    if span.before_seq is not None:
        query = query.where(seq < span.before_seq)
    if span.from_seq is not None:
        query = query.where(seq >= span.from_seq)
    rows = connection.execute(query.order_by(seq.desc())).all()
    return MessageList(_with_quoted(connection, rows[::-1]), last_seq)


def find_span(
    connection: sa.Connection,
    id: ConversationId,
    since: datetime | None,
    until: datetime | None,
    limit: int,
) -> Span:
    """Choose the last messages of a conversation that were stored between two moments."""
    first = _find_first(connection, id, messages.c.created_at >= since) if since else 0
    behind = _find_first(connection, id, messages.c.created_at > until) if until else None
    return Span(limit, from_seq=_BEHIND_ALL if first is None else first, before_seq=behind)


def _find_first(
    connection: sa.Connection, id: ConversationId, chosen: sa.ColumnElement[bool]
) -> int | None:
    first = sa.select(sa.func.min(messages.c.seq)).where(messages.c.conversation_id == id, chosen)
    return connection.execute(first).scalar()


def find_by_client_key(connection: sa.Connection, key: str) -> StoredMessage | None:
    """Look a message up by the key that its writer gave it."""
    row = connection.execute(_STORED.where(messages.c.client_key == key)).one_or_none()
    return _stored(row) if row else None


def find_by_seq(
    connection: sa.Connection, id: ConversationId | None, seq: int
) -> StoredMessage | None:
    """Look a message up by its number in a conversation."""
    query = _STORED.where(messages.c.conversation_id == id, messages.c.seq == seq)
    row = connection.execute(query).one_or_none()
    return _stored(row) if row else None


def set_delivery(
    connection: sa.Connection,
    id: MessageId,
    delivery: Delivery,
    now: datetime,
    error: str | None = None,
) -> None:
    """Say how far an outgoing message has come, and why no further."""
    connection.execute(
        sa.update(messages)
        .where(messages.c.id == id)
        .values(delivery=delivery, delivery_error=error, delivery_at=now)
    )


def set_provider_key(connection: sa.Connection, id: MessageId, key: str) -> None:
    """Keep the channel's key of our message, unless its echo was quicker and has it already."""
    taken = sa.select(messages.c.id).where(messages.c.provider_key == key).exists()
    connection.execute(
        sa.update(messages)
        .where(messages.c.id == id, messages.c.provider_key.is_(None), ~taken)
        .values(provider_key=key)
    )


def _with_quoted(connection: sa.Connection, rows: Sequence[Any]) -> list[StoredMessage]:
    quoted = find_quoted(connection, {row.reply_to for row in rows if row.reply_to})
    return [_stored(row, quoted.get(row.reply_to)) for row in rows]


def _stored(row: Any, quoted: QuotedMessage | None = None) -> StoredMessage:  # noqa: ANN401 - a row of the query above
    is_here = quoted is not None and quoted.conversation_id == row.conversation_id
    return StoredMessage(
        id=MessageId(row.id),
        seq=row.seq,
        outgoing=row.direction == "outgoing",
        author=Author(row.author),
        name=row.name,
        kind=Kind(row.kind),
        text=row.text,
        attachments=tuple(Attachment(**part) for part in row.attachments or ()),
        at=row.at,
        created_at=row.created_at,
        client_key=row.client_key,
        origin=row.origin,
        assurance=Assurance(row.assurance) if row.assurance else None,
        edited=row.edit > 0,
        deleted=row.deleted_at is not None,
        delivery=Delivery(row.delivery) if row.delivery else None,
        delivery_error=row.delivery_error,
        delivery_at=row.delivery_at,
        delivered_up_to=row.delivered_up_to,
        seen_up_to=row.seen_up_to,
        reaction=row.reaction,
        quoted=quoted if is_here else None,
    )
