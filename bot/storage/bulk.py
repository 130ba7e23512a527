"""Multi-row statements, compiled once: their number never grows with the rows.

PostgreSQL gets all rows as one JSON parameter, SQLite by `executemany`; both are several times as
fast as parameters for each row. Rows are tuples in the order of the columns that a statement names;
moments are given as text (`time_text`), documents as JSON text.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

import sqlalchemy as sa

Row = tuple[object, ...]
Ids = Mapping[str, Iterator[int]]


def insert(
    connection: sa.Connection,
    table: str,
    columns: tuple[str, ...],
    rows: Sequence[Row],
    then: str = "",
) -> int:
    """Insert rows; `then` is an ON CONFLICT clause that names its key. Returns how many went in."""
    if not rows:
        return 0
    names = ", ".join(columns)
    if connection.dialect.name == "postgresql":
        head = f"INSERT INTO {table} ({names}) SELECT {names} FROM {_recordset(table)} WHERE true "
    else:
        head = f"INSERT INTO {table} ({names}) VALUES ({_marks(len(columns))}) "
    return _run(connection, head + then, columns, rows)


def update(
    connection: sa.Connection, table: str, columns: tuple[str, ...], rows: Sequence[Row]
) -> int:
    """Set columns of the rows whose ids come last in each tuple; `columns` does not name the id."""
    if not rows:
        return 0
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
) -> int:
    if connection.dialect.name == "postgresql":
        document = json.dumps([dict(zip(columns, row, strict=True)) for row in rows])
        return connection.exec_driver_sql(statement, (document,)).rowcount
    return connection.exec_driver_sql(statement, list(rows)).rowcount


def _recordset(table: str) -> str:
    return f"json_populate_recordset(NULL::{table}, %s::json)"


@cache
def _marks(count: int) -> str:
    return ", ".join("?" * count)
