"""Facts about a contact with their sources."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.core.model import (
    Assurance,
    Author,
    ContactId,
    ConversationId,
    Source,
    Status,
    VisitorId,
    VisitorKey,
)
from bot.core.names import visitor_name
from bot.ports.signals import ChangeSignal, room_of
from bot.storage.tables import audit, claims, contacts, conversations, messages, visitors


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim: who said when that a visitor has this address."""

    email: str
    assurance: Assurance
    source: Source
    at: datetime
    place: VisitorKey
    visitor_name: str
    conversation_id: ConversationId | None


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation of a contact, with what the visitor said last."""

    id: ConversationId
    place: VisitorKey
    visitor_name: str
    status: Status
    at: datetime
    last_words: str


@dataclass(frozen=True, slots=True)
class ContactEntry:
    """An audit entry about a contact."""

    at: datetime
    actor: str
    action: str
    contact_id: ContactId | None
    conversation_id: ConversationId | None
    detail: dict[str, Any]  # Any: each action keeps what it needs


@dataclass(frozen=True, slots=True)
class VisitorFacts:
    """The facts that a visitor brought to a contact."""

    id: VisitorId
    place: VisitorKey
    guest: bool
    locale: str | None
    profile_name: str | None
    first_seen_at: datetime
    last_wrote_at: datetime | None


_SAID_WHO = ("contact.created", "contact.associated", "address.proved")


def list_claims(connection: sa.Connection, contact: ContactId, limit: int) -> list[Claim]:
    """List what was said of a contact's addresses, the newest first."""
    query = _claims().where(claims.c.contact_id == contact).limit(limit)
    return [_claim(row) for row in connection.execute(query)]


def find_last_claim(connection: sa.Connection, visitor: VisitorId) -> Claim | None:
    """Say where a visitor's last address came from."""
    query = _claims().where(claims.c.visitor_id == visitor).limit(1)
    row = connection.execute(query).one_or_none()
    return _claim(row) if row else None


def find_last_link(connection: sa.Connection, conversation: ConversationId) -> ContactEntry | None:
    """Say who was the last to say who a conversation's visitor is."""
    query = (
        sa.select(audit)
        .where(audit.c.conversation_id == conversation, audit.c.action.in_(_SAID_WHO))
        .order_by(audit.c.id.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return _entry(row) if row else None


def list_entries(
    connection: sa.Connection, ids: Collection[ContactId], limit: int
) -> list[ContactEntry]:
    """List what was done to contacts, the newest first."""
    query = sa.select(audit).where(audit.c.contact_id.in_(ids)).order_by(audit.c.id.desc())
    return [_entry(row) for row in connection.execute(query.limit(limit))]


def list_talks(connection: sa.Connection, contact: ContactId, limit: int) -> list[Talk]:
    """List a contact's conversations, the newest activity first."""
    here = conversations.c
    last_words = (
        sa.select(messages.c.text)
        .where(messages.c.conversation_id == here.id, messages.c.author == Author.VISITOR)
        .order_by(messages.c.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        sa.select(
            *(here.id, here.channel, here.account, here.status, here.last_message_at),
            *(visitors.c.external_id, visitors.c.first_name, visitors.c.last_name),
            last_words.label("last_words"),
        )
        .join(visitors, visitors.c.id == here.visitor_id)
        .where(visitors.c.contact_id == contact, here.last_message_at.is_not(None))
        .order_by(here.last_message_at.desc(), here.id.desc())
        .limit(limit)
    )
    return [_talk(row) for row in connection.execute(query)]


def count_talks(connection: sa.Connection, contact: ContactId) -> int:
    """Count a contact's conversations."""
    query = (
        sa.select(sa.func.count())
        .select_from(conversations.join(visitors, visitors.c.id == conversations.c.visitor_id))
        .where(visitors.c.contact_id == contact)
    )
    return int(connection.execute(query).scalar_one())


def find_rooms(connection: sa.Connection, contact: ContactId) -> list[ChangeSignal]:
    """Name the conversations in which something is to be looked at again with a contact."""
    here = visitors.c
    query = (
        sa.select(here.channel, here.account, here.external_id, conversations.c.id)
        .join(conversations, conversations.c.visitor_id == here.id)
        .where(here.contact_id == contact)
    )
    return [
        ChangeSignal(room_of(_place(row)), ConversationId(row.id))
        for row in connection.execute(query)
    ]


def find_taken_in(connection: sa.Connection, contact: ContactId) -> list[ContactId]:
    """Name the contacts that were merged into this one."""
    query = sa.select(contacts.c.id).where(contacts.c.merged_into_id == contact)
    return [ContactId(row.id) for row in connection.execute(query)]


def find_visitor(connection: sa.Connection, conversation: ConversationId) -> VisitorFacts | None:
    """Look up who writes in a conversation."""
    query = (
        sa.select(visitors, conversations.c.locale, conversations.c.visitor_seen_at)
        .join(conversations, conversations.c.visitor_id == visitors.c.id)
        .where(conversations.c.id == conversation)
    )
    row = connection.execute(query).one_or_none()
    return _visitor(row) if row else None


def _claims() -> sa.Select[Any]:
    return (
        sa.select(
            claims,
            *(visitors.c.channel, visitors.c.account, visitors.c.external_id),
            *(visitors.c.first_name, visitors.c.last_name),
            conversations.c.id.label("conversation_id"),
        )
        .join(visitors, visitors.c.id == claims.c.visitor_id)
        .outerjoin(conversations, conversations.c.visitor_id == visitors.c.id)
        .order_by(claims.c.id.desc())
    )


def _claim(row: Any) -> Claim:  # noqa: ANN401 - a row of the query above
    place = _place(row)
    return Claim(
        row.email,
        Assurance(row.assurance),
        Source(row.source),
        row.at,
        place,
        visitor_name(place, row.first_name, row.last_name),
        row.conversation_id,
    )


def _entry(row: Any) -> ContactEntry:  # noqa: ANN401 - a row of the audit
    return ContactEntry(
        row.at, row.actor, row.action, row.contact_id, row.conversation_id, row.detail or {}
    )


def _talk(row: Any) -> Talk:  # noqa: ANN401 - a row of the query above
    place = _place(row)
    return Talk(
        ConversationId(row.id),
        place,
        visitor_name(place, row.first_name, row.last_name),
        Status(row.status),
        row.last_message_at,
        row.last_words or "",
    )


def _visitor(row: Any) -> VisitorFacts:  # noqa: ANN401 - a row of the query above
    name = " ".join(part for part in (row.first_name, row.last_name) if part)
    return VisitorFacts(
        VisitorId(row.id),
        _place(row),
        bool(row.guest),
        row.locale,
        name or None,
        row.created_at,
        row.visitor_seen_at,
    )


def _place(row: Any) -> VisitorKey:  # noqa: ANN401 - a row with a visitor's key
    return VisitorKey(row.channel, row.account, row.external_id)
