"""Finds conversations by what was written in them and by who takes part.

A search looks at the search lines of messages, visitors and contacts: all the words of a query must
stand in one of them, in any order. SQLite, made for one small team, looks at everything, PostgreSQL
as `search_blocks` says.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from bot.core.search_query import SearchQuery, read_query
from bot.storage.conversations.older_lines import find_unsearchable
from bot.storage.conversations.search_blocks import find
from bot.storage.conversations.search_lines import holds
from bot.storage.tables import contacts, conversations, messages, visitors


@dataclass(frozen=True, slots=True)
class SearchMatch:
    """What a search found; visitors and contacts must be joined where the condition stands."""

    query: SearchQuery
    condition: sa.ColumnElement[bool]
    """Which conversations were found."""
    lines: sa.ColumnElement[bool]
    """In which of their messages."""
    is_cut: bool
    """Whether as much of a kind was found, or read, as ever is: there may be more."""
    unsearchable: datetime | None
    """When the newest message was stored that is not searched yet; None: all are."""


def look_for(connection: sa.Connection, text: str) -> SearchMatch:
    """Search as the database at hand does."""
    query, unsearchable = read_query(text), find_unsearchable(connection)
    if connection.dialect.name != "postgresql":
        lines = holds(messages.c.search_line, query)
        return SearchMatch(query, _anywhere(query), lines, is_cut=False, unsearchable=unsearchable)
    found = find(connection, query)
    return SearchMatch(
        query,
        conversations.c.id == sa.any_(_array(found.conversations)),
        messages.c.id == sa.any_(_array(found.messages)),
        found.is_cut,
        unsearchable,
    )


def _anywhere(query: SearchQuery) -> sa.ColumnElement[bool]:
    in_messages = sa.select(messages.c.conversation_id).where(holds(messages.c.search_line, query))
    return sa.or_(
        holds(visitors.c.search_line, query),
        sa.and_(contacts.c.id.is_not(None), holds(contacts.c.search_line, query)),
        conversations.c.id.in_(in_messages),
    )


def _array(ids: Collection[int]) -> sa.ColumnElement[list[int]]:
    return sa.literal(sorted(ids), ARRAY(sa.BigInteger))
