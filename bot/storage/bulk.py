"""Multi-row statements, compiled once: their number never grows with the rows.

PostgreSQL gets all rows as one JSON parameter, SQLite by `executemany`; both are several times as
fast as parameters for each row. Rows are tuples in the order of the columns that a statement names,
and arrays in the JSON: names in every row would cost as much again. Moments are given as text
(`time_text`), documents as JSON text, enums and flags as plain texts and numbers: for whatever is
not exactly one of these sqlite3 looks for an adapter, at the price of several columns.

Statements of one `together` block share a round trip on PostgreSQL: what they answer may be read
only after the block. They go past SQLAlchemy to the driver, for each would cost twice the time.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from functools import cache, lru_cache
from typing import Any, NamedTuple, TypeAlias, TypeVar

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.dialects import postgresql

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
_POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call] # SQLAlchemy's stubs are silent


@contextmanager
def together(connection: sa.Connection) -> Iterator[None]:
    """Send the block's statements without waiting for each other's answers."""
    driver: Any = connection.connection.driver_connection
    pipeline = driver.pipeline() if _is_postgresql(connection) else nullcontext()
    with _reporting(connection), pipeline:
        yield


@contextmanager
def _reporting(connection: sa.Connection) -> Iterator[None]:
    """Raise what the driver raises as SQLAlchemy would."""
    driver: Any = connection.connection.driver_connection
    dbapi: Any = connection.dialect.loaded_dbapi
    try:
        yield
    except dbapi.Error as error:
        broken = getattr(driver, "broken", False)
        if broken:
            connection.invalidate(error)
        raise exc.DBAPIError.instance(
            None,
            None,
            error,
            dbapi.Error,
            hide_parameters=True,
            connection_invalidated=broken,
            dialect=connection.dialect,
        ) from error


def query_later(
    connection: sa.Connection, statement: str, parameters: tuple[str, ...] | dict[str, object]
) -> Later[Rows]:
    """Ask for rows, inside `together`."""
    cursor: Any = connection.connection.cursor()
    cursor.execute(statement, parameters)
    return lambda: list(cursor.fetchall())


class Insertion(NamedTuple):
    """Rows for one table; `then` is an ON CONFLICT clause that names its key."""

    table: str
    columns: tuple[str, ...]
    rows: Sequence[Row]
    then: str = ""
    whole: bool = False
    """Unless all of it goes in, nothing may that comes after it: the caller will start again."""


def insert(
    connection: sa.Connection,
    table: str,
    columns: tuple[str, ...],
    rows: Sequence[Row],
    then: str = "",
) -> int:
    """Insert rows as an `Insertion` describes them; returns how many went in."""
    with together(connection):
        counts = insert_later(connection, [Insertion(table, columns, rows, then)])
    return counts()[0]


def insert_later(connection: sa.Connection, insertions: Sequence[Insertion]) -> Later[list[int]]:
    """Insert rows, inside `together`, in this order; says how many went in by each insertion.

    On PostgreSQL it is one statement: each more would cost as much as an event does.
    """
    wanted = [_without_blanks(one) for one in insertions if one.rows]
    laters = _insert_at_once if _is_postgresql(connection) else _insert_each
    counts = laters(connection, wanted) if wanted else list

    def in_order() -> list[int]:
        found = iter(counts())
        return [next(found) if one.rows else 0 for one in insertions]

    return in_order


def _without_blanks(insertion: Insertion) -> Insertion:
    """Leave out the columns in which no row holds anything: each costs as if it did."""
    table, columns, rows, then, whole = insertion
    values = list(zip(*rows, strict=True))
    filled = [index for index, column in enumerate(values) if column.count(None) < len(rows)]
    if len(filled) < len(columns):
        columns = tuple(columns[index] for index in filled)
        rows = list(zip(*(values[index] for index in filled), strict=True))
    return Insertion(table, columns, rows, then, whole)


def _insert_at_once(connection: sa.Connection, insertions: list[Insertion]) -> Later[Sequence[int]]:
    shapes = tuple((one.table, one.columns, one.then, one.whole) for one in insertions)
    parameters: dict[str, object] = {}
    for index, one in enumerate(insertions):
        parameters[f"rows{index}"] = _JSON.encode(one.rows)
        parameters[f"count{index}"] = len(one.rows)
    rows = query_later(connection, _insertions(shapes), parameters)
    return lambda: tuple(rows()[0])


def _insert_each(connection: sa.Connection, insertions: list[Insertion]) -> Later[Sequence[int]]:
    counts = [
        _run(connection, _insertion(one.table, one.columns, one.then), one.rows)
        for one in insertions
    ]
    return lambda: [count() for count in counts]


def update_later(
    connection: sa.Connection, table: str, columns: tuple[str, ...], rows: Sequence[Row]
) -> Later[int]:
    """Set columns, inside `together`.

    The ids come last in each tuple, and `columns` does not name them.
    """
    if not rows:
        return lambda: 0
    return _run(connection, _change(table, columns, postgresql=_is_postgresql(connection)), rows)


def members(connection: sa.Connection, table: str, columns: tuple[str, ...]) -> str:
    """Write a subselect over one parameter, made by `member_parameter`, for use behind IN."""
    if _is_postgresql(connection):
        return f"({_recordset(table, columns)})"
    parts = ", ".join(f"json_extract(value, '$[{index}]')" for index in range(len(columns)))
    return f"(SELECT {parts} FROM json_each(?))"


def member_parameter(keys: Iterable[Row]) -> tuple[str]:
    """Write the keys as the one parameter that `members` reads."""
    return (_JSON.encode(list(keys)),)


def allocate(connection: sa.Connection, wanted: Mapping[str, int]) -> Ids:
    """Reserve ids for rows still to be inserted, by one statement for all tables."""
    tables = [table for table, count in wanted.items() if count]
    if not tables:
        return {}
    if _is_postgresql(connection):
        return _allocate_from_sequences(connection, {table: wanted[table] for table in tables})
    # the write transaction is the only one, so what follows the last id is ours
    marks = ", ".join(f"'{table}'" for table in tables)
    with together(connection):
        question = f"SELECT name, seq FROM sqlite_sequence WHERE name IN ({marks})"
        rows = query_later(connection, question, ())
    last: dict[str, int] = dict(rows())
    return {
        table: iter(range(last.get(table, 0) + 1, last.get(table, 0) + 1 + wanted[table]))
        for table in tables
    }


def _allocate_from_sequences(connection: sa.Connection, wanted: Mapping[str, int]) -> Ids:
    parts = ", ".join(
        f"ARRAY(SELECT nextval('{table}_id_seq') FROM generate_series(1, %s::int))"
        for table in wanted
    )
    with _reporting(connection):  # a pipeline for one statement would cost more than it
        rows = query_later(connection, f"SELECT {parts}", tuple(map(str, wanted.values())))
    [row] = rows()
    return {table: iter(ids) for table, ids in zip(wanted, row, strict=True)}


def _run(connection: sa.Connection, statement: str, rows: Sequence[Row]) -> Later[int]:
    cursor: Any = connection.connection.cursor()
    if _is_postgresql(connection):
        cursor.execute(statement, (_JSON.encode(rows),))
    else:
        cursor.executemany(statement, rows)
    return lambda: int(cursor.rowcount)


def _is_postgresql(connection: sa.Connection) -> bool:
    return connection.dialect.name == "postgresql"


@lru_cache(_SHAPES)
def _insertion(table: str, columns: tuple[str, ...], then: str) -> str:
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks}) {then}"


@lru_cache(_SHAPES)
def _insertions(shapes: tuple[tuple[str, tuple[str, ...], str, bool], ...]) -> str:
    parts, conditions = [], ["true"]
    for index, (table, columns, then, whole) in enumerate(shapes):
        rows = _recordset(table, columns, parameter=f"%(rows{index})s", named=False)
        parts.append(
            f"i{index} AS (INSERT INTO {table} ({','.join(columns)})"
            f" {rows} WHERE {' AND '.join(conditions)} {then} RETURNING 1)"
        )
        if whole:  # who asks for the answer also has to wait for it
            conditions.append(f"(SELECT count(*) FROM i{index})=%(count{index})s")
    counts = ", ".join(f"(SELECT count(*) FROM i{index})" for index in range(len(parts)))
    return f"WITH {', '.join(parts)} SELECT {counts}"


@cache
def _change(table: str, columns: tuple[str, ...], *, postgresql: bool) -> str:
    if postgresql:
        changes = ", ".join(f"{name} = r.{name}" for name in columns)
        rows = _recordset(table, (*columns, "id"))
        return f"UPDATE {table} t SET {changes} FROM ({rows}) r WHERE t.id = r.id"
    changes = ", ".join(f"{name} = ?" for name in columns)
    return f"UPDATE {table} SET {changes} WHERE id = ?"


@cache
def _recordset(
    table: str, columns: tuple[str, ...], *, parameter: str = "%s", named: bool = True
) -> str:
    kinds = metadata.tables[table].c
    parts = ",".join(
        f"(r->>{index}){_cast(kinds[name].type)}" + (f" AS {name}" if named else "")
        for index, name in enumerate(columns)
    )
    return f"SELECT {parts} FROM jsonb_array_elements({parameter}::jsonb) r"


def _cast(kind: sa.types.TypeEngine[Any]) -> str:
    written = kind.compile(dialect=_POSTGRESQL).replace("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ")
    # a text is one already; a cast to its column's length would cut it without a word
    return "" if written.startswith(("VARCHAR", "TEXT")) else f"::{written}"
