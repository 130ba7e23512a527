"""Multi-row statements, compiled once: their number never grows with the rows.

PostgreSQL gets all rows as one JSON parameter, SQLite by `executemany`; both are several times as
fast as parameters for each row. Rows are tuples in the order of the columns that a statement names,
and arrays in the JSON: names in every row would cost as much again. What is the same in all of many
rows is a parameter of its own there, and said once. Moments are given as text (`time_text`),
documents as JSON text, enums and flags as plain texts and numbers: for whatever is not exactly one
of these sqlite3 looks for an adapter, at the price of several columns.

Statements of one `together` block share a round trip on PostgreSQL: what they answer may be read
only after the block. They go past SQLAlchemy to the driver, for each would cost twice the time.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any, NamedTuple, TypeAlias, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from bot.storage.database.engine import pipeline_of, reporting
from bot.storage.tables import metadata

Row = tuple[object, ...]
Rows = Sequence[Any]
"""Rows as the driver hands them out: the caller knows the columns."""
Ids = Mapping[str, Iterator[int]]
Found = TypeVar("Found")
Later: TypeAlias = Callable[[], Found]
"""An answer that is there once the `together` block has ended."""
_JSON = json.JSONEncoder(separators=(",", ":"), check_circular=False)
_SHAPES = 500  # which columns hold something is not always the same
_MANY = 8  # rows: in fewer there is little to gain, and what they share would differ each time
_POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call] # SQLAlchemy's stubs are silent


@contextmanager
def together(connection: sa.Connection, *, last: bool = False) -> Iterator[None]:
    """Send the block's statements without waiting for each other's answers.

    After the `last` ones the transaction is committed.
    """
    if not _is_postgresql(connection):
        with reporting(connection):
            yield
        return
    pipeline = pipeline_of(connection)
    try:
        yield
        with reporting(connection):
            pipeline.send(commit=last)
    finally:
        pipeline.drop()


def query_later(
    connection: sa.Connection, statement: str, parameters: Sequence[str]
) -> Later[Rows]:
    """Ask for rows, inside `together`."""
    if _is_postgresql(connection):
        return pipeline_of(connection).add(statement, parameters).rows
    cursor: Any = connection.connection.cursor()
    cursor.execute(statement, parameters)
    return lambda: list(cursor.fetchall())


class Insertion(NamedTuple):
    """Rows for one table; `then` is an ON CONFLICT clause that names its key."""

    table: str
    columns: tuple[str, ...]
    rows: Sequence[Row]
    then: str = ""


def insert(
    connection: sa.Connection,
    table: str,
    columns: tuple[str, ...],
    rows: Sequence[Row],
    then: str = "",
) -> int:
    """Insert rows as an `Insertion` describes them; returns how many went in."""
    with together(connection):
        count = insert_later(connection, Insertion(table, columns, rows, then))
    return count()


def insert_later(connection: sa.Connection, insertion: Insertion) -> Later[int]:
    """Insert rows, inside `together`; says how many went in."""
    table, columns, rows, then = insertion
    if not rows:
        return lambda: 0
    is_postgresql = _is_postgresql(connection)
    layout = _lay_out(columns, rows, columns[0], shares=is_postgresql)
    # a column in which no row holds anything costs as if it did
    filled = {name: value for name, value in layout.shared.items() if value is not None}
    statement = _insertion(table, layout.columns, tuple(filled), then, postgresql=is_postgresql)
    return _run(connection, statement, filled.values(), layout.rows)


class _Layout(NamedTuple):
    """Rows without the columns in which all hold the same."""

    columns: tuple[str, ...]
    rows: Sequence[Row]
    shared: dict[str, object]


def _lay_out(columns: tuple[str, ...], rows: Sequence[Row], key: str, *, shares: bool) -> _Layout:
    """Take out the columns but the key that are empty in all rows or, if it `shares`, the same."""
    own: dict[str, Row] = {}
    shared: dict[str, object] = {}
    shares = shares and len(rows) >= _MANY
    for name, values in zip(columns, zip(*rows, strict=True), strict=True):
        value = values[0]
        is_same = (value is None or shares) and values.count(value) == len(rows)
        # a parameter would end at a NUL, without a word
        if is_same and name != key and not (isinstance(value, str) and "\0" in value):
            shared[name] = value
        else:
            own[name] = values
    if not shared:
        return _Layout(columns, rows, shared)
    return _Layout(tuple(own), list(zip(*own.values(), strict=True)), shared)


def update_later(
    connection: sa.Connection, table: str, columns: tuple[str, ...], rows: Sequence[Row]
) -> Later[int]:
    """Set columns, inside `together`.

    The ids come last in each tuple, and `columns` does not name them.
    """
    if not rows:
        return lambda: 0
    if not _is_postgresql(connection) or len(rows) < _MANY:
        statement = _change(table, columns, (), postgresql=_is_postgresql(connection))
        return _run(connection, statement, (), rows)
    layout = _lay_out((*columns, "id"), rows, "id", shares=True)
    statement = _change(table, layout.columns[:-1], tuple(layout.shared), postgresql=True)
    return _run(connection, statement, layout.shared.values(), layout.rows)


def members(connection: sa.Connection, table: str, columns: tuple[str, ...]) -> str:
    """Write a subselect over one parameter, made by `member_parameter`, for use behind IN."""
    if _is_postgresql(connection):
        return f"({_recordset(table, columns)})"
    parts = ", ".join(f"json_extract(value, '$[{index}]')" for index in range(len(columns)))
    return f"(SELECT {parts} FROM json_each(?))"


def member_parameter(keys: Iterable[Row]) -> tuple[str]:
    """Write the keys as the one parameter that `members` reads."""
    return (_JSON.encode(list(keys)),)


class Reserved(NamedTuple):
    """Ids that were reserved before it was known how many are needed.

    Until they are used, nothing else of the transaction may go into these tables: SQLite would
    give the same ids again.
    """

    counts: Mapping[str, int]
    ids: Ids

    def covers(self, wanted: Mapping[str, int]) -> bool:
        """Say whether these are enough."""
        return all(count <= self.counts.get(table, 0) for table, count in wanted.items())


def allocate(connection: sa.Connection, wanted: Mapping[str, int]) -> Ids:
    """Reserve ids for rows still to be inserted, by one statement for all tables."""
    with together(connection):
        ids = allocate_later(connection, wanted)
    return ids()


def allocate_later(connection: sa.Connection, wanted: Mapping[str, int]) -> Later[Ids]:
    """Reserve ids as `allocate` does, inside `together`; those that nobody takes are lost."""
    tables = [table for table, count in wanted.items() if count]
    if not tables:
        return dict
    if _is_postgresql(connection):
        counts = [str(wanted[table]) for table in tables]
        rows = query_later(connection, _from_sequences(tuple(tables)), counts)
        return lambda: {table: iter(ids) for table, ids in zip(tables, rows()[0], strict=True)}
    # the write transaction is the only one, so what follows the last id is ours
    marks = ", ".join(f"'{table}'" for table in tables)
    question = f"SELECT name, seq FROM sqlite_sequence WHERE name IN ({marks})"
    last: dict[str, int] = dict(query_later(connection, question, ())())
    return lambda: {
        table: iter(range(last.get(table, 0) + 1, last.get(table, 0) + 1 + wanted[table]))
        for table in tables
    }


@cache
def _from_sequences(tables: tuple[str, ...]) -> str:
    parts = ", ".join(
        f"ARRAY(SELECT nextval('{table}_id_seq') FROM generate_series(1, %s::int))"
        for table in tables
    )
    return f"SELECT {parts}"


def _run(
    connection: sa.Connection, statement: str, shared: Iterable[object], rows: Sequence[Row]
) -> Later[int]:
    if _is_postgresql(connection):
        texts = [None if value is None else str(value) for value in shared]
        return pipeline_of(connection).add(statement, [*texts, _JSON.encode(rows)]).count
    cursor: Any = connection.connection.cursor()
    cursor.executemany(statement, rows)
    return lambda: int(cursor.rowcount)


def _is_postgresql(connection: sa.Connection) -> bool:
    return connection.dialect.name == "postgresql"


@lru_cache(_SHAPES)
def _insertion(
    table: str, columns: tuple[str, ...], shared: tuple[str, ...], then: str, *, postgresql: bool
) -> str:
    names = ", ".join((*columns, *shared))
    if postgresql:
        rows = _recordset(table, columns, shared, named=False)
        # ON CONFLICT would else be read as a condition of a join
        return f"INSERT INTO {table} ({names}) {rows} WHERE true {then}"
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO {table} ({names}) VALUES ({marks}) {then}"


@lru_cache(_SHAPES)
def _change(
    table: str, columns: tuple[str, ...], shared: tuple[str, ...], *, postgresql: bool
) -> str:
    if postgresql:
        changes = ", ".join(f"{name} = r.{name}" for name in (*columns, *shared))
        rows = _recordset(table, (*columns, "id"), shared)
        return f"UPDATE {table} t SET {changes} FROM ({rows}) r WHERE t.id = r.id"
    changes = ", ".join(f"{name} = ?" for name in columns)
    return f"UPDATE {table} SET {changes} WHERE id = ?"


@lru_cache(_SHAPES)
def _recordset(
    table: str, columns: tuple[str, ...], shared: tuple[str, ...] = (), *, named: bool = True
) -> str:
    kinds = metadata.tables[table].c
    parts = [
        *(f"(r->>{index}){_cast(kinds[name].type)}" for index, name in enumerate(columns)),
        *(f"%s{_cast(kinds[name].type) or '::TEXT'}" for name in shared),
    ]
    if named:
        names = (*columns, *shared)
        parts = [f"{part} AS {name}" for part, name in zip(parts, names, strict=True)]
    return f"SELECT {','.join(parts)} FROM jsonb_array_elements(%s::jsonb) r"


def _cast(kind: sa.types.TypeEngine[Any]) -> str:
    written = kind.compile(dialect=_POSTGRESQL).replace("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ")
    # a text is one already; a cast to its column's length would cut it without a word
    return "" if written.startswith(("VARCHAR", "TEXT")) else f"::{written}"
