"""Conversations as agents and programs see them, newest activity first."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from bot.core.model import (
    Assurance,
    CaptureState,
    ContactId,
    ConversationId,
    Source,
    Status,
    VisitorId,
    VisitorKey,
)
from bot.core.names import visitor_name
from bot.storage.contacts.contacts import ContactView
from bot.storage.conversations.search import SearchMatch, look_for
from bot.storage.database.cursors import read_timed_cursor, write_cursor
from bot.storage.outbox.stops import CLOSING
from bot.storage.tables import (
    UtcTime,
    contacts,
    conversations,
    mail_sides,
    stops,
    visitors,
)


@dataclass(frozen=True, slots=True)
class ConversationView:
    """A conversation with its visitor and contact."""

    id: ConversationId
    place: VisitorKey
    status: Status
    visitor_id: VisitorId
    visitor_name: str
    guest: bool
    contact: ContactView | None
    contact_assurance: Assurance | None
    capture_state: CaptureState
    capture_reason: str
    capture_due_at: datetime | None
    offered_email: str | None
    owned_elsewhere: bool
    visitor_seen_at: datetime | None
    assignee: str | None
    version: int
    last_seq: int
    last_message_at: datetime | None
    waiting_since: datetime | None
    by_mail_of: ConversationId | None
    """The conversation that this one, by mail, stands beside."""
    stop_reason: str | None = None
    """Why nothing leaves by its way at the moment."""


@dataclass(frozen=True, slots=True)
class ConversationList:
    """Some conversations, and where the list goes on."""

    conversations: list[ConversationView]
    next_cursor: str | None
    match: SearchMatch | None = None
    """What a search found, if the list is of one."""


@dataclass(frozen=True, slots=True)
class ConversationsWanted:
    """Which conversations a list shows; what is None does not matter."""

    status: Status | None = None
    channel: str | None = None
    unknown: bool | None = None
    assignee: str | None = None
    unassigned: bool = False
    text: str | None = None


class Chosen(NamedTuple):
    """Conditions of a list of conversations."""

    conditions: list[sa.ColumnElement[bool]]
    match: SearchMatch | None
    """What a search found, which is one of the conditions."""


_STOP_REASON = (
    sa.select(stops.c.reason)
    .where(
        stops.c.channel == conversations.c.channel,
        stops.c.account == conversations.c.account,
        stops.c.cause.in_(sorted(CLOSING)),
        stops.c.ended_at.is_(None),
    )
    .limit(1)
    .scalar_subquery()
)
_CONTACT = tuple(
    column.label(f"contact_{column.name}")
    for column in contacts.c
    if column is not contacts.c.search_line
)
VIEW = (
    sa.select(
        conversations,
        visitors.c.external_id,
        visitors.c.guest,
        visitors.c.first_name,
        visitors.c.last_name,
        visitors.c.contact_assurance,
        mail_sides.c.beside_id.label("by_mail_of"),
        _STOP_REASON.label("stop_reason"),
        *_CONTACT,
    )
    .join(visitors, visitors.c.id == conversations.c.visitor_id)
    .outerjoin(contacts, contacts.c.id == visitors.c.contact_id)
    .outerjoin(mail_sides, mail_sides.c.conversation_id == conversations.c.id)
    .where(conversations.c.gone_at.is_(None))
)


def find_conversation(connection: sa.Connection, id: ConversationId) -> ConversationView | None:
    """Look a conversation up by its id."""
    row = connection.execute(VIEW.where(conversations.c.id == id)).one_or_none()
    return read_view(row) if row else None


def list_conversations(
    connection: sa.Connection, wanted: ConversationsWanted, cursor: str | None, limit: int
) -> ConversationList:
    """List conversations that have a message. Raises CursorError."""
    chosen = choose(connection, wanted)
    page = page_newest_first(connection, chosen.conditions, cursor, limit)
    return replace(page, match=chosen.match)


def pick_conversations(
    connection: sa.Connection, wanted: ConversationsWanted, ids: Collection[ConversationId]
) -> ConversationList:
    """Find those of some conversations that the list shows, in no order."""
    if not ids:
        return ConversationList([], None)
    here = conversations.c
    chosen = choose(connection, wanted)
    query = VIEW.where(
        here.id.in_(sorted(ids)), here.last_message_at.is_not(None), *chosen.conditions
    )
    found = [read_view(row) for row in connection.execute(query)]
    return ConversationList(found, None, chosen.match)


def page_newest_first(
    connection: sa.Connection,
    chosen: Iterable[sa.ColumnElement[bool]],
    cursor: str | None,
    limit: int,
) -> ConversationList:
    """Show a page of the chosen ones that have a message. Raises CursorError."""
    here = conversations.c
    query = VIEW.where(here.last_message_at.is_not(None), *chosen)
    if cursor:
        at, last_id = read_timed_cursor(cursor)
        last = sa.tuple_(sa.literal(at, UtcTime), sa.literal(last_id))
        query = query.where(sa.tuple_(here.last_message_at, here.id) < last)
    query = query.order_by(here.last_message_at.desc(), here.id.desc()).limit(limit + 1)
    found = [read_view(row) for row in connection.execute(query)]
    if len(found) <= limit:
        return ConversationList(found, None)
    last_shown = found[limit - 1]
    return ConversationList(found[:limit], write_cursor(last_shown.id, last_shown.last_message_at))


def choose(connection: sa.Connection, wanted: ConversationsWanted) -> Chosen:
    """Say which rows of the view are wanted; what is searched for is found right now."""
    here = conversations.c
    match = look_for(connection, wanted.text) if wanted.text else None
    chosen: list[sa.ColumnElement[bool]] = []
    if wanted.status:
        chosen.append(here.status == wanted.status)
    if wanted.channel:
        chosen.append(here.channel == wanted.channel)
    if wanted.unknown is not None:
        no_contact = visitors.c.contact_id.is_(None)
        chosen.append(no_contact if wanted.unknown else ~no_contact)
    if wanted.unassigned:
        chosen.append(here.assignee.is_(None))
    if wanted.assignee:
        chosen.append(here.assignee == wanted.assignee)
    if match:
        chosen.append(match.condition)
    return Chosen(chosen, match)


def read_view(row: Any) -> ConversationView:  # noqa: ANN401 - a row of the query above
    """Read a conversation from a row of the view."""
    place = VisitorKey(row.channel, row.account, row.external_id)
    return ConversationView(
        id=ConversationId(row.id),
        place=place,
        status=Status(row.status),
        visitor_id=VisitorId(row.visitor_id),
        visitor_name=visitor_name(place, row.first_name, row.last_name),
        guest=bool(row.guest),
        contact=None if row.contact_id is None else _contact(row),
        contact_assurance=Assurance(row.contact_assurance) if row.contact_assurance else None,
        capture_state=CaptureState(row.capture_state),
        capture_reason=row.capture_reason,
        capture_due_at=row.capture_due_at,
        offered_email=row.offered_email,
        owned_elsewhere=row.owned_elsewhere,
        visitor_seen_at=row.visitor_seen_at,
        assignee=row.assignee,
        version=row.version,
        last_seq=row.last_seq,
        last_message_at=row.last_message_at,
        waiting_since=row.waiting_since,
        by_mail_of=row.by_mail_of,
        stop_reason=row.stop_reason,
    )


def _contact(row: Any) -> ContactView:  # noqa: ANN401 - as above
    return ContactView(
        ContactId(row.contact_id),
        row.contact_email,
        row.contact_lookalike,
        row.contact_first_name,
        row.contact_last_name,
        Source(row.contact_source),
        row.contact_created_at,
        row.contact_updated_at,
    )
