"""The inbox's list: which conversations there are for an agent, and what is new in them."""

from collections.abc import Collection
from dataclasses import dataclass, replace

import sqlalchemy as sa

from bot.core.model import ConversationId, Status
from bot.desk.errors import InvalidError
from bot.desk.validation import check_search
from bot.storage.conversations.conversations import (
    ConversationList,
    ConversationsWanted,
    ConversationView,
    pick_conversations,
)
from bot.storage.conversations.overview import (
    Counts,
    FoundCounts,
    LastLine,
    Order,
    count_found,
    count_unread,
    count_views,
    find_last_lines,
    find_matching_lines,
    list_in_order,
)
from bot.storage.conversations.reading_marks import mark_read
from bot.storage.conversations.search import SearchMatch
from bot.storage.database.cursors import CursorError
from bot.storage.database.engine import Database
from bot.storage.database.transactions import read, retry_races


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """A conversation's row in the list."""

    conversation: ConversationView
    last_line: LastLine | None
    unread: int
    found_line: LastLine | None = None
    """The newest message in which a search found something."""


@dataclass(frozen=True, slots=True)
class OverviewList:
    """Some rows, and where the list goes on."""

    rows: list[OverviewRow]
    next_cursor: str | None = None
    match: SearchMatch | None = None
    """What a search found, if the list is of one."""
    found: FoundCounts | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """The agent who looks."""

    id: int
    email: str


@dataclass(frozen=True, slots=True)
class Overview:
    """Shows lists of conversations to agents; blocks, so the web calls it from threads."""

    database: Database

    def list(
        self,
        reader: Reader,
        wanted: ConversationsWanted,
        order: Order,
        cursor: str | None = None,
        limit: int = 50,
    ) -> OverviewList:
        """List conversations with what is new in them."""
        checked = replace(wanted, text=check_search("q", wanted.text))

        def look(connection: sa.Connection) -> OverviewList:
            found = list_in_order(connection, checked, order, cursor, limit)
            return _describe(connection, reader, checked, found)

        try:
            return read(self.database, look)
        except CursorError:
            msg = "cursor: none of ours."
            raise InvalidError(msg) from None

    def pick(
        self, reader: Reader, wanted: ConversationsWanted, ids: Collection[ConversationId]
    ) -> OverviewList:
        """Describe those of some conversations that the list shows, in no order."""
        checked = replace(wanted, text=check_search("q", wanted.text))

        def look(connection: sa.Connection) -> OverviewList:
            found = pick_conversations(connection, checked, ids)
            return _describe(connection, reader, checked, found)

        return read(self.database, look)

    def count(self, reader: Reader, status: Status | None) -> Counts:
        """Count what each view holds."""
        return read(self.database, lambda found: count_views(found, reader.email, status))

    def mark_read(self, reader: Reader, id: ConversationId, seq: int) -> bool:
        """Keep that an agent has read up to a message; True: it had not before."""
        return retry_races(
            self.database, lambda connection: mark_read(connection, reader.id, id, seq)
        )


def _describe(
    connection: sa.Connection, reader: Reader, wanted: ConversationsWanted, page: ConversationList
) -> OverviewList:
    views, match = page.conversations, page.match
    lines = find_last_lines(connection, views)
    found = find_matching_lines(connection, views, match) if match else {}
    unread = count_unread(connection, reader.id, [view.id for view in views])
    rows = [
        OverviewRow(view, lines.get(view.id), unread.get(view.id, 0), found.get(view.id))
        for view in views
    ]
    counts = count_found(connection, reader.email, wanted, match) if match else None
    return OverviewList(rows, page.next_cursor, match, counts)
