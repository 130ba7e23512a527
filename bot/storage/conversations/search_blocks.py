"""Searches PostgreSQL: the newest messages letter by letter, all else by indexes of words.

Each word bears the number of its block of rows, as "b7xtent", so that blocks are read one by one,
the newest first, until enough is found. The order does not hang on the planner: what reads a block
has a limit of its own, which no plan may take out of the block.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY

from bot.core.search_line import BREAKS
from bot.core.search_query import MOST_WORDS, Clause, SearchQuery, Term
from bot.storage.tables import contacts, conversations, messages, visitors

NEWEST = 10_000
"""So many messages are looked at whole, which finds the middle of a word and what is no word."""
MOST_FOUND = 250
"""As many are found of messages, visitors and contacts each: nobody pages further."""
MOST_READ = 1_000
"""So many rows that hold the words are read, for what is written between these is in no index."""
_SPECIAL, _ESCAPED = r"([%_\\])", r"\\\1"
_BLOCK = 18  # bits: 262,144 rows
_NEWEST_BLOCKS = 4
_ALL_BLOCKS = 2**31 - 1
# word for word as in migration 0032: else no index is used
SEARCH_WORDS = (
    rf"array_to_tsvector(string_to_array(ltrim(regexp_replace(' ' || search_line, '{BREAKS}',"
    rf" ' b' || (id >> {_BLOCK}) || 'x', 'g')), ' '))"
)
Statement: TypeAlias = sa.Select[Any]


class Finds(NamedTuple):
    """Conversations in which something was found, and the messages that say it."""

    conversations: set[int]
    messages: list[int]
    is_cut: bool
    """Whether as much of a kind was found, or read, as ever is: there may be more."""

    def add(self, other: "Finds") -> "Finds":
        """Put two finds together."""
        talks = self.conversations | other.conversations
        return Finds(talks, [*self.messages, *other.messages], self.is_cut or other.is_cut)


def find(connection: sa.Connection, query: SearchQuery, newest: int = NEWEST) -> Finds:
    """Find conversations, where so many newest messages are read whole.

    A single word may go on. Of several the last one may, if nothing holds them as they are: then
    the newest million of messages, visitors and contacts are asked.
    """
    last = connection.execute(_LAST_MESSAGE).scalar_one()
    said = _find_newest(connection, query, last, newest)
    goes_on = len(query.clauses) == 1
    of_messages = 0 if len(said.messages) >= MOST_FOUND else _ALL_BLOCKS
    wanted = {"blocks": _ALL_BLOCKS, "message_blocks": of_messages, "last_message": last - newest}
    found = said.add(_find_words(connection, query, wanted, goes_on=goes_on))
    if goes_on or found.conversations or not query.has_words:
        return found
    wanted |= {"blocks": _NEWEST_BLOCKS, "message_blocks": _NEWEST_BLOCKS}
    return found.add(_find_words(connection, query, wanted, goes_on=True))


_LAST_MESSAGE = sa.select(sa.func.coalesce(sa.func.max(messages.c.id), 0))


def _find_newest(connection: sa.Connection, query: SearchQuery, last: int, newest: int) -> Finds:
    wanted = {"after": last - newest, **_patterns(query)}
    rows = connection.execute(FIND_NEWEST, wanted).all()
    talks = {row.conversation_id for row in rows}
    return Finds(talks, [row.id for row in rows], is_cut=len(rows) >= MOST_FOUND)


def _find_words(
    connection: sa.Connection, query: SearchQuery, wanted: dict[str, int], *, goes_on: bool
) -> Finds:
    words = write_words(query, goes_on=goes_on)
    if not words:
        return Finds(set(), [], is_cut=False)
    most = MOST_FOUND if query.is_of_words else MOST_READ  # what holds a word says it
    asked = {"words": words, "most": most, **_patterns(query), **wanted}
    rows = connection.execute(FIND, asked).all()
    matching = sorted((row for row in rows if row.is_match), key=lambda row: -row.id)
    read = Counter(row.kind for row in rows)
    found: Counter[str] = Counter()
    kept = []
    for row in matching:
        found[row.kind] += 1
        if found[row.kind] <= MOST_FOUND:
            kept.append(row)
    is_cut = max(read.values(), default=0) >= MOST_READ
    return Finds(
        {row.talk for row in kept},
        [row.id for row in kept if row.kind == messages.name],
        is_cut or max(found.values(), default=0) >= MOST_FOUND,
    )


def write_words(query: SearchQuery, *, goes_on: bool) -> str:
    """Write a query for the indexes, with a # in place of the block's mark."""
    room, written = MOST_WORDS, []
    for clause in query.clauses:
        may_go_on = goes_on and clause is query.clauses[-1]
        if room > 0 and (ways := list(_write_ways(clause, room, goes_on=may_go_on))):
            written.append(f"({' | '.join(ways)})")
            room -= max(ways[0].count("'") // 2, 1)
    return " & ".join(written)


def _write_ways(clause: Clause, room: int, *, goes_on: bool) -> Iterator[str]:
    for way in clause.ways:
        if words := [word for term in way for word in _write_term(term)][:room]:
            may_go_on = goes_on and not words[-1].endswith("*")
            yield f"({' & '.join(words)}{':*' if may_go_on else ''})"


def _write_term(term: Term) -> list[str]:
    end = ":*" if term.goes_on else ""
    return [f"'#{word}'{end}" for word in term.words]


def _patterns(query: SearchQuery) -> dict[str, list[str]]:
    """Write a query as patterns: all plain ones must match, and all parts or one number."""
    plain = [clause.ways[0] for clause in query.clauses if len(clause.ways) == 1]
    several = next((clause.ways for clause in query.clauses if len(clause.ways) > 1), ((),))
    parts = [_pattern(term) for term in several[0]]
    numbers = {_pattern(term) for way in several[1:] for term in way}
    return {
        "plain": [_pattern(term) for way in plain for term in way],
        "parts": parts,
        "numbers": sorted(numbers.difference(parts)),  # each is looked for in each row
    }


def _pattern(term: Term) -> str:
    return f"%{re.sub(_SPECIAL, _ESCAPED, term.text)}%"


def _rows_of(table: sa.Table, *more: sa.ColumnElement[Any]) -> sa.Subquery:
    """Read rows that hold the words, the newest block first, and the newest of each block."""
    here = table.c
    top = sa.select(sa.func.coalesce(sa.func.max(here.id), 0)).scalar_subquery()
    last = top.bitwise_rshift(sa.literal_column(str(_BLOCK), sa.Integer))
    count = "message_blocks" if table is messages else "blocks"
    first = sa.func.greatest(last - sa.bindparam(count, type_=sa.BigInteger) + 1, 0)
    blocks = sa.func.generate_series(last, first, -1).table_valued("number").render_derived()
    mark = sa.func.concat("b", blocks.c.number, "x")
    template = sa.bindparam("words", type_=sa.Text)
    words = sa.cast(sa.func.replace(template, "#", mark), TSQUERY)
    most = sa.bindparam("most", type_=sa.Integer)
    number = here.id + 0  # a sum, or the planner may read by id
    found = sa.select(here.id, here.search_line, *more).where(
        here.search_line.is_not(None), sa.literal_column(SEARCH_WORDS).bool_op("@@")(words)
    )
    if table is messages:
        found = found.where(number <= sa.bindparam("last_message", type_=sa.BigInteger))
    newest = found.order_by(number.desc()).limit(most).lateral()
    return sa.select(newest).select_from(sa.join(blocks, newest, sa.true())).limit(most).subquery()


def _says_all(line: sa.ColumnElement[str | None]) -> sa.ColumnElement[bool]:
    plain, parts, numbers = (
        sa.bindparam(name, type_=ARRAY(sa.Text)) for name in ("plain", "parts", "numbers")
    )
    like = line.bool_op("LIKE")
    return sa.and_(
        like(sa.func.all(plain)), sa.or_(like(sa.func.all(parts)), like(sa.func.any(numbers)))
    )


def _told(table: sa.Table, rows: sa.Subquery, talk: sa.ColumnElement[int]) -> Statement:
    kind = sa.literal_column(f"'{table.name}'", sa.Text).label("kind")
    is_match = _says_all(rows.c.search_line).label("is_match")
    return sa.select(kind, rows.c.id, talk.label("talk"), is_match)


def _of_all_kinds() -> sa.CompoundSelect[Any]:
    message = _rows_of(messages, messages.c.conversation_id.label("talk"))
    visitor, contact = _rows_of(visitors), _rows_of(contacts)
    here, talk = visitors.c, conversations.c
    is_of_visitor = talk.visitor_id == visitor.c.id
    people = sa.join(contact, visitors, here.contact_id == contact.c.id)
    return sa.union_all(
        _told(messages, message, message.c.talk),
        _told(visitors, visitor, talk.id).join_from(visitor, conversations, is_of_visitor),
        _told(contacts, contact, talk.id)
        .select_from(people)
        .join(conversations, talk.visitor_id == here.id),
    )


FIND = _of_all_kinds()
"""Read rows of all three kinds that hold the words, and say which say all of a query."""
FIND_NEWEST = (
    sa.select(messages.c.id, messages.c.conversation_id)
    .where(
        messages.c.id > sa.bindparam("after", type_=sa.BigInteger),
        _says_all(messages.c.search_line),
    )
    .order_by(messages.c.id.desc())
    .limit(MOST_FOUND)
)
