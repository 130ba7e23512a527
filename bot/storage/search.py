"""Finds conversations by what was written in them and by who takes part.

The text counts as it is written, in any case. PostgreSQL finds what begins a word by its indexes,
and looks at the newest messages letter by letter; SQLite, made for one small team, looks at all.
"""

import re
from contextlib import suppress

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.dialects.postgresql import ARRAY

from bot.storage.contacts import holds_text
from bot.storage.tables import contacts, conversations, messages, visitors

NEWEST = 10_000
"""So many messages are looked at whole, which finds the middle of a word and what is no word."""
MOST_FOUND = 250
"""As many rows are taken of each index: nobody pages further through what everybody says."""
_NAME = sa.func.coalesce(visitors.c.first_name, "") + " "
_NAME += sa.func.coalesce(visitors.c.last_name, "")
_PATIENCE = 15  # milliseconds for each look that may be at very much
_MARKS = "@.-_/:+"
# word for word as in migration 0004: else no index is used
MESSAGE_WORDS = "to_tsvector('simple', translate(messages.text, '@.-_/:+', '       '))"
_VISITOR_WORDS = (
    "to_tsvector('simple', coalesce(visitors.first_name, '') || ' ' ||"
    " coalesce(visitors.last_name, ''))"
)
_CONTACT_WORDS = (
    "to_tsvector('simple', translate(contacts.email, '@.-_/:+', '       ') || ' ' ||"
    " coalesce(contacts.first_name, '') || ' ' || coalesce(contacts.last_name, ''))"
)


def matches(connection: sa.Connection, text: str) -> sa.ColumnElement[bool]:
    """Say which conversations hold the text; visitors and contacts must be joined."""
    if connection.dialect.name != "postgresql":
        return _anywhere(text)
    found = _find_in_newest(connection, text)
    words = words_of(text)
    if words:
        found |= find_by_words(connection, text, words)
    return conversations.c.id == sa.any_(sa.literal(sorted(found), ARRAY(sa.BigInteger)))


def words_of(text: str) -> list[str]:
    """Take a text apart as the indexes have it."""
    return re.findall(r"\w+", text.translate(str.maketrans(_MARKS, " " * len(_MARKS))))


def find_by_words(connection: sa.Connection, text: str, words: list[str]) -> set[int]:
    """Find conversations by the indexes, about `MOST_FOUND` at most by each.

    The last word may go on. Where too many go on with it, only those that end there are found.
    """
    whole = " & ".join(f"'{word}'" for word in words)
    connection.exec_driver_sql(f"SET LOCAL gin_fuzzy_search_limit = {4 * MOST_FOUND}")
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    found = _find(connection, text, whole)
    with suppress(exc.OperationalError), connection.begin_nested():  # what takes too long is left
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {_PATIENCE}")
        found |= _find(connection, text, whole + ":*")
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
    connection.exec_driver_sql("SET LOCAL enable_seqscan = on")
    return found


def _find(connection: sa.Connection, text: str, words: str) -> set[int]:
    finds = (_find_by_contact, _find_by_visitor, _find_in_messages)
    return set[int]().union(*(find(connection, text, words) for find in finds))


def _anywhere(text: str) -> sa.ColumnElement[bool]:
    in_messages = sa.select(messages.c.conversation_id).where(_is_in(text))
    return sa.or_(
        _NAME.icontains(text, autoescape=True),
        sa.and_(contacts.c.id.is_not(None), holds_text(text)),
        conversations.c.id.in_(in_messages),
    )


def _find_in_newest(connection: sa.Connection, text: str) -> set[int]:
    last = sa.select(sa.func.max(messages.c.id)).scalar_subquery()
    query = sa.select(messages.c.conversation_id).where(messages.c.id > last - NEWEST, _is_in(text))
    return _take(connection, query.order_by(messages.c.id.desc()))


def _find_in_messages(connection: sa.Connection, text: str, words: str) -> set[int]:
    query = sa.select(messages.c.conversation_id).where(_has(MESSAGE_WORDS, words), _is_in(text))
    return _take(connection, query)


def _find_by_visitor(connection: sa.Connection, text: str, words: str) -> set[int]:
    query = (
        sa.select(conversations.c.id)
        .join(visitors, visitors.c.id == conversations.c.visitor_id)
        .where(_has(_VISITOR_WORDS, words), _NAME.icontains(text, autoescape=True))
    )
    return _take(connection, query)


def _find_by_contact(connection: sa.Connection, text: str, words: str) -> set[int]:
    query = (
        sa.select(conversations.c.id)
        .join(visitors, visitors.c.id == conversations.c.visitor_id)
        .join(contacts, contacts.c.id == visitors.c.contact_id)
        .where(_has(_CONTACT_WORDS, words), holds_text(text))
    )
    return _take(connection, query)


def _take(connection: sa.Connection, query: sa.Select[int]) -> set[int]:
    return set(connection.execute(query.limit(MOST_FOUND)).scalars())


def _is_in(text: str) -> sa.ColumnElement[bool]:
    return messages.c.text.icontains(text, autoescape=True)


def _has(vector: str, words: str) -> sa.ColumnElement[bool]:
    query = sa.func.to_tsquery(sa.literal_column("'simple'"), words)
    return sa.literal_column(vector).bool_op("@@")(query)
