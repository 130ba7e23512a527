"""Search lines of messages, visitors and contacts, and how a query looks at them."""

from collections.abc import Callable
from typing import Any, NamedTuple

import sqlalchemy as sa

from bot.core.model import VisitorKey
from bot.core.names import full_name, nickname, visitor_name
from bot.core.search_line import line_of
from bot.core.search_query import Clause, SearchQuery
from bot.storage.tables import contacts, messages, visitors


def visitor_line(place: VisitorKey, first_name: str | None, last_name: str | None) -> str:
    """Write the line of a visitor, who is found by its name and by its code."""
    code = f" visitor {nickname(place)}" if full_name(first_name, last_name) else ""
    return line_of(visitor_name(place, first_name, last_name) + code)


def contact_line(email: str, first_name: str | None, last_name: str | None) -> str:
    """Write the line of a contact."""
    return line_of(f"{email} {full_name(first_name, last_name)}")


def holds(line: sa.ColumnElement[str | None], query: SearchQuery) -> sa.ColumnElement[bool]:
    """Match search lines that say all that is looked for."""
    return sa.and_(sa.true(), *(_says(line, clause) for clause in query.clauses))


def _says(line: sa.ColumnElement[str | None], clause: Clause) -> sa.ColumnElement[bool]:
    ways = dict.fromkeys(tuple(term.text for term in way) for way in clause.ways)
    return sa.or_(
        *(sa.and_(*(line.contains(text, autoescape=True) for text in way)) for way in ways)
    )


class SearchSource(NamedTuple):
    """A table with search lines: the columns that a line is made of, and how."""

    table: sa.Table
    columns: tuple[str, ...]
    write: Callable[[Any], str]


SOURCES = (
    SearchSource(
        contacts,
        ("email", "first_name", "last_name"),
        lambda row: contact_line(row.email, row.first_name, row.last_name),
    ),
    SearchSource(
        visitors,
        ("channel", "account", "external_id", "first_name", "last_name"),
        lambda row: visitor_line(
            VisitorKey(row.channel, row.account, row.external_id), row.first_name, row.last_name
        ),
    ),
    SearchSource(messages, ("text",), lambda row: line_of(row.text)),
)
"""In the order in which older rows get their lines."""


def write_contact_line(connection: sa.Connection, id: int) -> None:
    """Write a contact's line anew, after its email or name has become another one."""
    here = contacts.c.id == id
    source = SOURCES[0]
    for row in connection.execute(select_source(source).where(here)):
        connection.execute(sa.update(contacts).where(here).values(search_line=source.write(row)))


def select_source(source: SearchSource) -> sa.Select[Any]:
    """Select what lines are made of."""
    here = source.table.c
    return sa.select(here.id, *(here[name] for name in source.columns))
