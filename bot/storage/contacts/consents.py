"""Consents of visitors: the exact words, their language, when, on which channel, until when."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.core.model import ContactId, ConversationId, VisitorId, VisitorKey
from bot.core.names import visitor_name
from bot.storage.database.bulk import Insertion
from bot.storage.tables import consents, conversations, time_text, visitors
from bot.storage.visitors.visitor_states import VisitorState

CONSENT_COLUMNS = ("visitor_id", "channel", "text", "language", "given_at")


@dataclass(frozen=True, slots=True)
class NewConsent:
    """A consent that a visitor has just given."""

    thread: VisitorState
    text: str
    language: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StoredConsent:
    """A consent as it was given, and whether it is withdrawn."""

    text: str
    language: str
    channel: str
    given_at: datetime
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    """`visitor`, or the agent who noted it."""
    place: VisitorKey
    visitor_name: str
    conversation_id: ConversationId | None


def insert_consents(given: Iterable[NewConsent]) -> Insertion:
    """Make consents of visitors that have ids by now."""
    rows = [
        (one.thread.visitor_id, one.thread.place.channel, one.text, one.language, time_text(one.at))
        for one in given
    ]
    return Insertion("consents", CONSENT_COLUMNS, rows)


def tell_consents(
    given: Iterable[NewConsent], ended: Iterable[tuple[VisitorState, str]]
) -> Iterator[tuple[ConversationId, bool]]:
    """Name the conversations in which a consent was given, or withdrawn."""
    for one in given:
        if one.thread.conversation_id:
            yield one.thread.conversation_id, True
    for thread, _ in ended:
        if thread.conversation_id:
            yield thread.conversation_id, False


def end_consents(
    connection: sa.Connection, ended: Iterable[tuple[VisitorState, str]], at: datetime
) -> None:
    """Note of visitors, which have ids by now, on whose word all that they agreed to has ended."""
    for thread, by in ended:
        own = consents.c.visitor_id == thread.visitor_id
        given = sa.and_(own, consents.c.withdrawn_at.is_(None))
        values = {"withdrawn_at": at, "withdrawn_by": by}
        connection.execute(sa.update(consents).where(given).values(values))


def list_consents(connection: sa.Connection, contact: ContactId) -> list[StoredConsent]:
    """List what a contact's visitors agreed to, the newest first."""
    return _list(connection, visitors.c.contact_id == contact)


def list_visitor_consents(connection: sa.Connection, visitor: VisitorId) -> list[StoredConsent]:
    """List what a visitor agreed to, the newest first."""
    return _list(connection, visitors.c.id == visitor)


def _list(connection: sa.Connection, whose: sa.ColumnElement[bool]) -> list[StoredConsent]:
    query = (
        sa.select(
            consents,
            *(visitors.c.account, visitors.c.external_id),
            *(visitors.c.first_name, visitors.c.last_name),
            conversations.c.id.label("conversation_id"),
        )
        .join(visitors, visitors.c.id == consents.c.visitor_id)
        .outerjoin(conversations, conversations.c.visitor_id == visitors.c.id)
        .where(whose)
        .order_by(consents.c.given_at.desc(), consents.c.id.desc())
    )
    return [_consent(row) for row in connection.execute(query)]


def _consent(row: Any) -> StoredConsent:  # noqa: ANN401 - a row of the query above
    place = VisitorKey(row.channel, row.account, row.external_id)
    return StoredConsent(
        row.text,
        row.language,
        row.channel,
        row.given_at,
        row.withdrawn_at,
        row.withdrawn_by,
        place,
        visitor_name(place, row.first_name, row.last_name),
        row.conversation_id,
    )
