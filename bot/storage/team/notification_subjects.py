"""Subjects of notifications: conversations, messages and contacts as they are now."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.core.model import (
    Author,
    ConversationId,
    Kind,
    MessageId,
    Status,
    VisitorId,
    VisitorKey,
)
from bot.storage.tables import conversations, messages, visitors


@dataclass(frozen=True, slots=True)
class Subject:
    """A conversation, as far as a notice needs it."""

    id: ConversationId
    visitor_id: VisitorId
    place: VisitorKey
    status: Status
    waiting_since: datetime | None
    assignee: str | None
    last_seq: int
    answered_seq: int
    first_name: str | None
    last_name: str | None
    is_unknown: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SpokenMessage:
    """A message with where it belongs."""

    id: MessageId
    conversation_id: ConversationId
    seq: int
    author: Author
    kind: Kind
    name: str | None
    text: str
    at: datetime


def find_subjects(
    connection: sa.Connection, ids: Collection[ConversationId]
) -> dict[ConversationId, Subject]:
    """Read conversations with their visitors; who is erased is not there."""
    columns = (
        conversations,
        visitors.c.external_id,
        visitors.c.first_name,
        visitors.c.last_name,
        visitors.c.contact_id,
    )
    query = (
        sa.select(*columns)
        .join(visitors, visitors.c.id == conversations.c.visitor_id)
        .where(conversations.c.id.in_(sorted(set(ids))), conversations.c.gone_at.is_(None))
    )
    return {
        ConversationId(row.id): Subject(
            ConversationId(row.id),
            VisitorId(row.visitor_id),
            VisitorKey(row.channel, row.account, row.external_id),
            Status(row.status),
            row.waiting_since,
            row.assignee,
            row.last_seq,
            row.answered_seq,
            row.first_name,
            row.last_name,
            row.contact_id is None,
            row.created_at,
        )
        for row in connection.execute(query)
    }


def find_spoken(connection: sa.Connection, ids: Collection[MessageId]) -> list[SpokenMessage]:
    """Read messages, but for notes and what was taken back."""
    query = (
        sa.select(messages)
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(
            messages.c.id.in_(sorted(ids)),
            conversations.c.gone_at.is_(None),
            messages.c.kind != Kind.NOTE,
            messages.c.deleted_at.is_(None),
        )
        .order_by(messages.c.id)
    )
    return [_spoken(row) for row in connection.execute(query)]


def find_last_words(
    connection: sa.Connection, ids: Collection[ConversationId]
) -> dict[ConversationId, str]:
    """Read what visitors wrote last; empty if that is no text, missing if it was taken back."""
    last = (
        sa.select(messages.c.text)
        .where(
            messages.c.conversation_id == conversations.c.id,
            messages.c.author == Author.VISITOR,
            messages.c.deleted_at.is_(None),
        )
        .order_by(messages.c.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = sa.select(conversations.c.id, last.label("text")).where(
        conversations.c.gone_at.is_(None)
    )
    rows = connection.execute(query.where(conversations.c.id.in_(sorted(ids))))
    return {ConversationId(row.id): row.text for row in rows if row.text is not None}


def _spoken(row: sa.Row[tuple[object, ...]]) -> SpokenMessage:
    fields = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for it
    return SpokenMessage(
        MessageId(fields["id"]),
        ConversationId(fields["conversation_id"]),
        fields["seq"],
        Author(fields["author"]),
        Kind(fields["kind"]),
        fields["name"],
        fields["text"],
        fields["at"],
    )
