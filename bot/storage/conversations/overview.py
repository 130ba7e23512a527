"""The inbox's list: each conversation with its last line and its unread count."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, NamedTuple, TypeAlias

import sqlalchemy as sa

from bot.core.events import Attachment
from bot.core.model import Author, ConversationId, Kind, Status
from bot.storage.conversations.conversations import (
    VIEW,
    ConversationList,
    ConversationsWanted,
    ConversationView,
    choose,
    list_conversations,
    page_newest_first,
    read_view,
)
from bot.storage.conversations.search import SearchMatch
from bot.storage.database.cursors import CursorError, read_timed_cursor, write_cursor
from bot.storage.tables import UtcTime, conversations, messages, reading_marks

MOST_COUNTED = 1_000
MOST_UNREAD = 100
_MOST_TALLIED = 3_000
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
    seq: int


class Counts(NamedTuple):
    """The counts of each view, at most `MOST_COUNTED`."""

    mine: int
    unassigned: int
    everybodys: int


class FoundCounts(NamedTuple):
    """The counts of what a search found."""

    open: int
    closed: int
    views: Counts
    """Of the chosen status, in each view."""


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
    return replace(page, match=chosen.match)


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
    begin = sa.func.substr(messages.c.text, 1, _LINE)
    query = (
        _select_lines(begin)
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(
            conversations.c.id.in_([view.id for view in views]),
            messages.c.seq == sa.func.coalesce(said_last, conversations.c.last_seq),
        )
    )
    return _read_lines(connection, query)


def find_matching_lines(
    connection: sa.Connection, views: Sequence[ConversationView], match: SearchMatch
) -> dict[ConversationId, LastLine]:
    """Read the newest message of each conversation in which a search found something."""
    here = messages.c
    newest = (
        sa.select(sa.func.max(here.id).label("id"))
        .where(here.conversation_id.in_([view.id for view in views]), match.lines)
        .group_by(here.conversation_id)
        .subquery()
    )
    return _read_lines(connection, _select_lines(here.text).join(newest, newest.c.id == here.id))


def count_found(
    connection: sa.Connection, agent: str, wanted: ConversationsWanted, match: SearchMatch
) -> FoundCounts:
    """Count what a search found: open and closed in the view, and in each view of an agent."""
    here = conversations.c
    wherever = replace(wanted, status=None, text=None, assignee=None, unassigned=False)
    some = (
        VIEW.with_only_columns(here.status, here.assignee)
        .where(here.last_message_at.is_not(None), *choose(connection, wherever).conditions)
        .where(match.condition)
        .limit(_MOST_TALLIED)
        .subquery()
    )
    groups = sa.select(*some.c, sa.func.count().label("found")).group_by(*some.c)
    tally = [_Group(row[0], row[1], row[2]) for row in connection.execute(groups)]
    in_view = [each for each in tally if each.is_in_view(wanted)]
    chosen = [each for each in tally if wanted.status in {None, each.status}]
    return FoundCounts(
        sum(each.found for each in in_view if each.status == Status.OPEN),
        sum(each.found for each in in_view if each.status == Status.CLOSED),
        Counts(
            sum(each.found for each in chosen if each.assignee == agent),
            sum(each.found for each in chosen if each.assignee is None),
            sum(each.found for each in chosen),
        ),
    )


class _Group(NamedTuple):
    status: str
    assignee: str | None
    found: int

    def is_in_view(self, wanted: ConversationsWanted) -> bool:
        if wanted.unassigned:
            return self.assignee is None
        return wanted.assignee in {None, self.assignee}


def _select_lines(text: sa.ColumnElement[str]) -> sa.Select[Any]:
    here = messages.c
    return sa.select(
        here.conversation_id,
        here.seq,
        here.author,
        here.name,
        here.kind,
        text.label("text"),
        here.attachments,
        here.deleted_at,
    )


def _read_lines(connection: sa.Connection, query: sa.Select[Any]) -> dict[ConversationId, LastLine]:
    return {
        ConversationId(row.conversation_id): LastLine(
            Author(row.author),
            row.name,
            Kind(row.kind),
            row.text,
            tuple(Attachment(**part) for part in row.attachments or ()),
            row.deleted_at is not None,
            row.seq,
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
