"""Which rows of which tables belong to a visitor, a conversation or a message: read from the keys.

A new table that refers to one of these is deleted with it without being named anywhere.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from bot.storage.tables import mails, messages, metadata, outbox


class Reference(NamedTuple):
    """A column that refers to a row of another table."""

    table: sa.Table
    column: sa.Column[Any]


def _find_referring() -> dict[str, list[Reference]]:
    found: dict[str, list[Reference]] = {
        name: [] for name in ("visitors", "conversations", "messages")
    }
    for table in reversed(metadata.sorted_tables):  # what others refer to comes last
        for key in table.foreign_keys:
            if key.column.table.name in found:
                found[key.column.table.name].append(Reference(table, key.parent))
    return found


REFERRING = _find_referring()
"""By table, all columns of any table that refer to it; messages and files are deleted apart."""
BLOBS = {
    table: column
    for table in metadata.sorted_tables
    for column in table.c
    if isinstance(column.type, sa.LargeBinary)
}
"""By table, the column that may hold very much."""
MANY = frozenset({mails, messages, outbox, *BLOBS})
"""Tables of which a conversation may have many rows, or large ones; of the others a handful."""
BYTES = 1 << 19
"""So many bytes are deleted by one statement, unless a single row has more."""


def find_keys(
    connection: sa.Connection, table: sa.Table, chosen: sa.ColumnElement[bool], limit: int
) -> list[tuple[Any, ...]]:
    """Find the keys of some rows, as many as may be deleted at once."""
    blob = BLOBS.get(table)
    size = sa.literal(0) if blob is None else sa.func.coalesce(sa.func.length(blob), 0)
    query = sa.select(*table.primary_key, size.label("size")).where(chosen).limit(limit)
    keys, room = list[tuple[Any, ...]](), BYTES
    for *key, taken in connection.execute(query):
        room -= taken
        if keys and room < 0:
            break
        keys.append(tuple(key))
    return keys


def delete_keys(connection: sa.Connection, table: sa.Table, keys: Sequence[tuple[Any, ...]]) -> int:
    """Delete rows by their keys; returns how many there were."""
    columns = list(table.primary_key)
    if len(columns) == 1:
        chosen = columns[0].in_([key for (key,) in keys])
    else:
        chosen = sa.tuple_(*columns).in_(keys)
    return connection.execute(sa.delete(table).where(chosen)).rowcount
