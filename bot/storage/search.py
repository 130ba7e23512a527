"""Finds conversations by what was written in them and by who takes part.

The text counts as it is written, in any case. SQLite, made for one small team, looks at everything.
PostgreSQL looks at the newest messages letter by letter, and at the others by indexes of words:
each word bears the number of its block of rows, as "b7xtent", so that blocks are read one by one,
the newest first, until enough is found.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from bot.storage.contacts import holds_text
from bot.storage.tables import contacts, conversations, messages, visitors

NEWEST = 10_000
"""So many messages are looked at whole, which finds the middle of a word and what is no word."""
MOST_FOUND = 250
"""As many are found of messages, visitors and contacts each: nobody pages further."""
_MOST_READ = 1_000
"""So many rows that hold the words are read, for what is written between these is in no index."""
_BLOCK = 18  # bits: 262,144 rows
_NEWEST_BLOCKS = 4
_ALL_BLOCKS = 2**31 - 1
_MOST_WORDS = 8
_LONGEST_WORD = 500
_BREAKS = (
    r"[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u2bff\u3000-\u303f"
    r"\U0001f000-\U0001faff]+"
)
"""What is between words: ASCII's and the most usual other marks, in Python's and PostgreSQL's
regular expressions alike."""
_VISITOR_NAME = sa.func.coalesce(visitors.c.first_name, "") + " "
_VISITOR_NAME += sa.func.coalesce(visitors.c.last_name, "")
_HAS_NAME = visitors.c.first_name.is_not(None) | visitors.c.last_name.is_not(None)
"""Only these are in the index; the condition has to be its own."""


def _in_blocks(text: str) -> str:
    # word for word as in migration 0004: else no index is used
    marked = rf"regexp_replace(' ' || {text}, '{_BREAKS}', ' b' || (id >> {_BLOCK}) || 'x', 'g')"
    return f"to_tsvector('simple', {marked})"


_NAMES = "coalesce(first_name, '') || ' ' || coalesce(last_name, '')"
MESSAGE_WORDS = _in_blocks("text")
_VISITOR_WORDS = _in_blocks(_NAMES)
_CONTACT_WORDS = _in_blocks(f"email || ' ' || {_NAMES}")
_TEXT, _WORDS = sa.bindparam("wanted", type_=sa.Text), sa.bindparam("words", type_=sa.Text)
_LAST_MESSAGE = sa.select(sa.func.max(messages.c.id)).scalar_subquery()
_BLOCKS = sa.bindparam("blocks", type_=sa.BigInteger)
_NEWEST = sa.bindparam("newest", type_=sa.BigInteger)


class Finds(NamedTuple):
    """Conversations in which something was found."""

    ids: set[int]
    is_cut: bool
    """Whether as much of a kind was found, or read, as ever is: there may be more."""


class SearchMatch(NamedTuple):
    """Which conversations hold a text; visitors and contacts must be joined."""

    condition: sa.ColumnElement[bool]
    is_cut: bool


def look_for(connection: sa.Connection, text: str) -> SearchMatch:
    """Search as the database at hand does."""
    if connection.dialect.name != "postgresql":
        return SearchMatch(_anywhere(text), is_cut=False)
    found = find(connection, text)
    ids = sa.literal(sorted(found.ids), ARRAY(sa.BigInteger))
    return SearchMatch(conversations.c.id == sa.any_(ids), found.is_cut)


def find(connection: sa.Connection, text: str, newest: int = NEWEST) -> Finds:
    """Find conversations on PostgreSQL, where so many newest messages are read whole.

    A single word may go on. Of several the last one may, if nothing holds them as they are: then
    the newest million of messages, visitors and contacts are asked.
    """
    words = [word for word in re.split(_BREAKS, text) if 0 < len(word) <= _LONGEST_WORD]
    whole = " & ".join(f"'#{word}'" for word in words[:_MOST_WORDS])
    if not words:
        return _find(connection, text, newest=newest, words="", blocks=0)
    if len(words) == 1:
        return _find(connection, text, newest=newest, words=whole + ":*", blocks=_ALL_BLOCKS)
    found = _find(connection, text, newest=newest, words=whole, blocks=_ALL_BLOCKS)
    if found.ids:
        return found
    begun = _find(connection, text, newest=0, words=whole + ":*", blocks=_NEWEST_BLOCKS)
    return begun._replace(is_cut=begun.is_cut or found.is_cut)


def _find(connection: sa.Connection, text: str, *, newest: int, words: str, blocks: int) -> Finds:
    wanted = {"wanted": text, "newest": newest, "words": words, "blocks": blocks}
    rows = connection.execute(FIND, wanted).all()
    of_each_kind = Counter(kind for _, kind in rows).values()
    is_cut = max(of_each_kind, default=0) >= MOST_FOUND
    if words and not is_cut and re.search(_BREAKS, text):  # whatever is read for one word holds it
        is_cut = connection.execute(READ, wanted).scalar_one() >= _MOST_READ
    return Finds({conversation for conversation, _ in rows}, is_cut)


def _anywhere(text: str) -> sa.ColumnElement[bool]:
    in_messages = sa.select(messages.c.conversation_id).where(
        messages.c.text.icontains(text, autoescape=True)
    )
    return sa.or_(
        _VISITOR_NAME.icontains(text, autoescape=True),
        sa.and_(contacts.c.id.is_not(None), holds_text(text)),
        conversations.c.id.in_(in_messages),
    )


def _of_messages() -> sa.Select[int, str]:
    """Newest first: PostgreSQL reads the second part only as far as the first has too little."""
    row = messages.c
    newest = (
        sa.select(row.conversation_id, row.text)
        .where(row.id > _LAST_MESSAGE - _NEWEST)
        .order_by(row.id.desc())
        .subquery()
    )
    older = _older_messages()
    both = sa.union_all(
        sa.select(newest.c.conversation_id).where(_holds(newest.c.text)),
        sa.select(older.c.conversation_id).where(_holds(older.c.text)),
    ).subquery()
    return sa.select(both.c.conversation_id, _kind(messages)).limit(MOST_FOUND)


def _older_messages() -> sa.Subquery:
    row = messages.c
    columns = [row.conversation_id, row.text]
    older = row.id + 0 <= _LAST_MESSAGE - _NEWEST  # a sum, or the planner may read by id
    return _block_by_block(messages, columns, MESSAGE_WORDS, older)


def _of_visitors() -> sa.Select[int, str]:
    some = _some_visitors()
    there = sa.select(conversations.c.id, _kind(visitors)).join(
        some, some.c.id == conversations.c.visitor_id
    )
    return there.where(_holds(some.c.name)).limit(MOST_FOUND)


def _some_visitors() -> sa.Subquery:
    columns = [visitors.c.id, _VISITOR_NAME.label("name")]
    return _block_by_block(visitors, columns, _VISITOR_WORDS, _HAS_NAME)


def _of_contacts() -> sa.Select[int, str]:
    some = _some_contacts()
    there = (
        sa.select(conversations.c.id, _kind(contacts))
        .join(visitors, visitors.c.id == conversations.c.visitor_id)
        .join(some, some.c.id == visitors.c.contact_id)
    )
    return there.where(_holds(some.c.email) | _holds(some.c.name)).limit(MOST_FOUND)


def _some_contacts() -> sa.Subquery:
    row = contacts.c
    name = sa.func.coalesce(row.first_name, "") + " " + sa.func.coalesce(row.last_name, "")
    return _block_by_block(contacts, [row.id, row.email, name.label("name")], _CONTACT_WORDS)


def _block_by_block(
    table: sa.Table,
    columns: Sequence[sa.ColumnElement[Any]],
    vector: str,
    *more: sa.ColumnElement[bool],
) -> sa.Subquery:
    """Read rows that hold the words, as far as they are asked for."""
    last = (
        sa.select(sa.func.max(table.c.id))
        .scalar_subquery()
        .bitwise_rshift(sa.literal(_BLOCK, sa.Integer))
    )
    first = sa.func.greatest(last - _BLOCKS + 1, 0)
    blocks = sa.func.generate_series(last, first, -1).table_valued("number").render_derived()
    mark = sa.func.concat("b", blocks.c.number, "x")
    words = sa.func.to_tsquery(sa.literal_column("'simple'"), sa.func.replace(_WORDS, "#", mark))
    rows = sa.select(*columns).where(sa.literal_column(vector).bool_op("@@")(words), *more)
    here = rows.limit(_MOST_READ).lateral()  # without a limit the planner may join rows to blocks
    found = sa.select(here).select_from(sa.join(blocks, here, sa.true()))
    return found.limit(_MOST_READ).subquery()


def _kind(table: sa.Table) -> sa.ColumnElement[str]:
    return sa.literal_column(f"'{table.name}'", sa.Text)


def _holds(column: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    return sa.func.strpos(sa.func.lower(column), sa.func.lower(_TEXT)) > 0


FIND = sa.union_all(_of_messages(), _of_visitors(), _of_contacts())
READ = sa.select(
    sa.func.greatest(
        *(
            sa.select(sa.func.count()).select_from(some).scalar_subquery()
            for some in (_older_messages(), _some_visitors(), _some_contacts())
        )
    )
)
"""How many rows of a kind hold the words, as far as they are read."""
