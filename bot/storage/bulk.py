"""Multi-row statements, compiled once: their number never grows with the rows.

PostgreSQL gets all rows as one JSON parameter, SQLite by `executemany`; both are several times as
fast as parameters for each row. Rows are tuples in the order of the columns that a statement names;
moments are given as text (`time_text`), documents as JSON text.

Statements of one `together` block share a round trip on PostgreSQL: what they answer may be read
only after the block.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeAlias, TypeVar

import sqlalchemy as sa
from sqlalchemy import exc

Row = tuple[object, ...]
Rows = Sequence[Any]
"""Rows as the driver hands them out: the caller knows the columns."""
Ids = Mapping[str, Iterator[int]]
Found = TypeVar("Found")
Later: TypeAlias = Callable[[], Found]
"""An answer that is there once the `together` block has ended."""


@contextmanager
def together(connection: sa.Connection) -> Iterator[None]:
    """Send the block's statements without waiting for each other's answers."""
    if connection.dialect.name != "postgresql":
        yield
        return
    driver: Any = connection.connection.driver_connection  # psycopg's; SQLAlchemy can't pipeline
    dbapi: Any = connection.dialect.loaded_dbapi
    try:
        with driver.pipeline():
            yield
    except dbapi.Error as error:
        if driver.broken:
            connection.invalidate(error)
        raise exc.DBAPIError.instance(
            None,
            None,
            error,
            dbapi.Error,
            hide_parameters=True,
            connection_invalidated=driver.broken,
            dialect=connection.dialect,
        ) from error


def query_later(
    connection: sa.Connection, statement: str, parameters: tuple[str, ...]
) -> Later[Rows]:
    """Ask for rows, inside `together`."""
    if connection.dialect.name == "postgresql":
        cursor = _send(connection, statement, parameters)
        return lambda: list(cursor.fetchall())
    rows = connection.exec_driver_sql(statement, parameters).all()
    return lambda: rows


def insert(
    connection: sa.Connection,
    table: str,
    columns: tuple[str, ...],
    rows: Sequence[Row],
    then: str = "",
) -> int:
    """Insert rows; `then` is an ON CONFLICT clause that names its key. Returns how many went in."""
    with together(connection):
        count = insert_later(connection, table, columns, rows, then)
    return count()


def insert_later(
    connection: sa.Connection,
    table: str,
    columns: tuple[str, ...],
    rows: Sequence[Row],
    then: str = "",
) -> Later[int]:
    """Insert rows as `insert` does, inside `together`."""
    if not rows:
        return lambda: 0
    names = ", ".join(columns)
    if connection.dialect.name == "postgresql":
        head = f"INSERT INTO {table} ({names}) SELECT {names} FROM {_recordset(table)} WHERE true "
    else:
        head = f"INSERT INTO {table} ({names}) VALUES ({_marks(len(columns))}) "
    return _run(connection, head + then, columns, rows)


def update_later(
    connection: sa.Connection, table: str, columns: tuple[str, ...], rows: Sequence[Row]
) -> Later[int]:
    """Set columns, inside `together`.

    The ids come last in each tuple, and `columns` does not name them.
    """
    if not rows:
        return lambda: 0
    if connection.dialect.name == "postgresql":
        changes = ", ".join(f"{name} = r.{name}" for name in columns)
        statement = f"UPDATE {table} t SET {changes} FROM {_recordset(table)} r WHERE t.id = r.id"
    else:
        changes = ", ".join(f"{name} = ?" for name in columns)
        statement = f"UPDATE {table} SET {changes} WHERE id = ?"
    return _run(connection, statement, (*columns, "id"), rows)


def members(connection: sa.Connection, table: str, columns: tuple[str, ...]) -> str:
    """Write a subselect over one parameter, made by `member_parameter`, for use behind IN."""
    if connection.dialect.name == "postgresql":
        return f"(SELECT {', '.join(columns)} FROM {_recordset(table)})"
    parts = ", ".join(f"json_extract(value, '$[{index}]')" for index in range(len(columns)))
    return f"(SELECT {parts} FROM json_each(?))"


def member_parameter(
    connection: sa.Connection, columns: tuple[str, ...], keys: Iterable[Row]
) -> tuple[str]:
    """Write the keys as the one parameter that `members` reads."""
    if connection.dialect.name == "postgresql":
        return (json.dumps([dict(zip(columns, key, strict=True)) for key in keys]),)
    return (json.dumps(list(keys)),)


def allocate(connection: sa.Connection, wanted: Mapping[str, int]) -> Ids:
    """Reserve ids for rows still to be inserted, by one statement for all tables."""
    tables = [table for table, count in wanted.items() if count]
    if not tables:
        return {}
    if connection.dialect.name == "postgresql":
        return _allocate_from_sequences(connection, {table: wanted[table] for table in tables})
    # the write transaction is the only one, so what follows the last id is ours
    marks = ", ".join(f"'{table}'" for table in tables)
    rows = connection.exec_driver_sql(
        f"SELECT name, seq FROM sqlite_sequence WHERE name IN ({marks})"
    )
    last: dict[str, int] = {row[0]: row[1] for row in rows}
    return {
        table: iter(range(last.get(table, 0) + 1, last.get(table, 0) + 1 + wanted[table]))
        for table in tables
    }


def _allocate_from_sequences(
    connection: sa.Connection, wanted: Mapping[str, int]
) -> dict[str, Iterator[int]]:
    parts = " UNION ALL ".join(
        f"SELECT '{table}', nextval('{table}_id_seq') FROM generate_series(1, {count})"
        for table, count in wanted.items()
    )
    ids: dict[str, list[int]] = {table: [] for table in wanted}
    for table, value in connection.exec_driver_sql(parts):
        ids[table].append(value)
    return {table: iter(values) for table, values in ids.items()}


def _run(
    connection: sa.Connection, statement: str, columns: tuple[str, ...], rows: Sequence[Row]
) -> Later[int]:
    if connection.dialect.name == "postgresql":
        document = json.dumps([dict(zip(columns, row, strict=True)) for row in rows])
        cursor = _send(connection, statement, (document,))
        return lambda: int(cursor.rowcount)
    count = connection.exec_driver_sql(statement, list(rows)).rowcount
    return lambda: count


def _send(connection: sa.Connection, statement: str, parameters: tuple[str, ...]) -> Any:  # noqa: ANN401 - psycopg's cursor
    cursor: Any = connection.connection.cursor()
    cursor.execute(statement, parameters)
    return cursor


def _recordset(table: str) -> str:
    return f"json_populate_recordset(NULL::{table}, %s::json)"


@cache
def _marks(count: int) -> str:
    return ", ".join("?" * count)
