"""The inbox's list: each conversation with its last line and its unread count."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple, TypeAlias

import sqlalchemy as sa

from bot.core.events import Attachment
from bot.core.model import Author, ConversationId, Kind, Status
from bot.storage.conversations import (
    VIEW,
    ConversationList,
    ConversationsWanted,
    ConversationView,
    choose,
    list_conversations,
    page_newest_first,
    read_view,
)
from bot.storage.cursors import CursorError, read_timed_cursor, write_cursor
from bot.storage.tables import UtcTime, conversations, messages, reading_marks

MOST_COUNTED = 1_000
MOST_UNREAD = 100
_LINE = 160  # characters
_WAITING = "w."
_OTHERS = "o."
_Conditions: TypeAlias = Sequence[sa.ColumnElement[bool]]


class Order(StrEnum):
    """The order of the list."""

    NEWEST = "newest"
    WAITING = "waiting"
    """Who waits longest; below them, the newest activity."""


@dataclass(frozen=True, slots=True)
class LastLine:
    """The beginning of a conversation's last message."""

    author: Author
    name: str | None
    kind: Kind
    text: str
    attachments: tuple[Attachment, ...]
    deleted: bool


class Counts(NamedTuple):
    """The counts of each view, at most `MOST_COUNTED`."""

    mine: int
    unassigned: int
    everybodys: int


def list_in_order(
    connection: sa.Connection,
    wanted: ConversationsWanted,
    order: Order,
    cursor: str | None,
    limit: int,
) -> ConversationList:
    """List conversations that have a message. Raises CursorError."""
    if order is Order.NEWEST:
        return list_conversations(connection, wanted, cursor, limit)
    chosen = choose(connection, wanted)
    page = _list_waiting_first(connection, chosen.conditions, cursor, limit)
    return replace(page, is_cut=chosen.is_cut)


def find_last_lines(
    connection: sa.Connection, views: Sequence[ConversationView]
) -> dict[ConversationId, LastLine]:
    """Read how the last message of each conversation begins; what the bot said hides nobody's."""
    if not views:
        return {}
    spoken = messages.alias()
    said_last = (
        sa.select(spoken.c.seq)
        .where(
            spoken.c.conversation_id == conversations.c.id,
            spoken.c.author.in_([Author.VISITOR, Author.AGENT]),
        )
        .order_by(spoken.c.seq.desc())
        .limit(1)
        .correlate(conversations)
        .scalar_subquery()
    )
    query = (
        sa.select(
            messages.c.conversation_id,
            messages.c.author,
            messages.c.name,
            messages.c.kind,
            sa.func.substr(messages.c.text, 1, _LINE).label("text"),
            messages.c.attachments,
            messages.c.deleted_at,
        )
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(
            conversations.c.id.in_([view.id for view in views]),
            messages.c.seq == sa.func.coalesce(said_last, conversations.c.last_seq),
        )
    )
    return {
        ConversationId(row.conversation_id): LastLine(
            Author(row.author),
            row.name,
            Kind(row.kind),
            row.text,
            tuple(Attachment(**part) for part in row.attachments or ()),
            row.deleted_at is not None,
        )
        for row in connection.execute(query)
    }


def count_unread(
    connection: sa.Connection, agent_id: int, ids: Collection[ConversationId]
) -> dict[ConversationId, int]:
    """Count visitors' messages that nobody has answered and this agent has not read."""
    if not ids:
        return {}
    here, mark = conversations.c, reading_marks.c
    query = (
        sa.select(here.id, sa.func.count().label("unread"))
        .join(messages, messages.c.conversation_id == here.id)
        .outerjoin(
            reading_marks, sa.and_(mark.conversation_id == here.id, mark.agent_id == agent_id)
        )
        .where(
            here.id.in_(sorted(ids)),
            messages.c.seq > here.answered_seq,
            messages.c.seq > sa.func.coalesce(mark.seq, 0),
            messages.c.seq > here.last_seq - MOST_UNREAD,
            messages.c.author == Author.VISITOR,
            messages.c.deleted_at.is_(None),
        )
        .group_by(here.id)
    )
    return {ConversationId(row.id): row.unread for row in connection.execute(query)}


def count_views(connection: sa.Connection, agent: str, status: Status | None) -> Counts:
    """Count what each view holds for an agent, named by email."""
    mine, nobodys = conversations.c.assignee == agent, conversations.c.assignee.is_(None)
    chosen = (
        _capped_count(status, mine),
        _capped_count(status, nobodys),
        _capped_count(status),
    )
    row = connection.execute(sa.select(*chosen)).one()
    return Counts(*row)


def _capped_count(status: Status | None, *more: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    query = sa.select(sa.literal(1)).where(conversations.c.last_message_at.is_not(None), *more)
    if status:
        query = query.where(conversations.c.status == status)
    some = query.limit(MOST_COUNTED).subquery()
    return sa.select(sa.func.count()).select_from(some).scalar_subquery()


def _list_waiting_first(
    connection: sa.Connection, chosen: _Conditions, cursor: str | None, limit: int
) -> ConversationList:
    if cursor is None or cursor.startswith(_WAITING):
        return _list_waiting(connection, chosen, (cursor or "").removeprefix(_WAITING), limit)
    if cursor.startswith(_OTHERS):
        return _list_others(connection, chosen, cursor.removeprefix(_OTHERS), limit)
    raise CursorError


def _list_waiting(
    connection: sa.Connection, chosen: _Conditions, cursor: str, limit: int
) -> ConversationList:
    here = conversations.c
    query = VIEW.where(here.waiting_since.is_not(None), *chosen)
    if cursor:
        at, last_id = read_timed_cursor(cursor)
        last = sa.tuple_(sa.literal(at, UtcTime), sa.literal(last_id))
        query = query.where(sa.tuple_(here.waiting_since, here.id) > last)
    query = query.order_by(here.waiting_since, here.id).limit(limit + 1)
    found = [read_view(row) for row in connection.execute(query)]
    if len(found) > limit:
        shown = found[limit - 1]
        return ConversationList(
            found[:limit], _WAITING + write_cursor(shown.id, shown.waiting_since)
        )
    if len(found) == limit:
        return ConversationList(found, _OTHERS)
    rest = _list_others(connection, chosen, "", limit - len(found))
    return ConversationList([*found, *rest.conversations], rest.next_cursor)


def _list_others(
    connection: sa.Connection, chosen: _Conditions, cursor: str, limit: int
) -> ConversationList:
    others = [conversations.c.waiting_since.is_(None), *chosen]
    page = page_newest_first(connection, others, cursor, limit)
    further = page.next_cursor and _OTHERS + page.next_cursor
    return ConversationList(page.conversations, further)
