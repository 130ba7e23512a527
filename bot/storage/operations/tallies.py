"""Tallies: counters over all processes."""

import sqlalchemy as sa

from bot.storage.database.bulk import insert
from bot.storage.tables import tallies

DROPPED_MAILS = "dropped_mails"
"""Mails in the mailbox for answers that belonged to no conversation."""


_DELETED = "deleted:"


def add_to_tally(connection: sa.Connection, name: str, count: int) -> None:
    """Count so many more."""
    conflict = "ON CONFLICT (name) DO UPDATE SET count = tallies.count + excluded.count"
    insert(connection, "tallies", ("name", "count"), [(name, count)], conflict)


def read_tally(connection: sa.Connection, name: str) -> int:
    """Say how many there were."""
    query = sa.select(tallies.c.count).where(tallies.c.name == name)
    return connection.execute(query).scalar() or 0


def count_deleted(connection: sa.Connection, what: str, count: int) -> None:
    """Count what was deleted for good, by its table."""
    if count:
        add_to_tally(connection, f"{_DELETED}{what}", count)


def read_deleted(connection: sa.Connection) -> dict[str, int]:
    """Say how much was deleted for good, by table."""
    chosen = tallies.c.name.startswith(_DELETED)
    rows = connection.execute(sa.select(tallies.c.name, tallies.c.count).where(chosen))
    return {name.removeprefix(_DELETED): count for name, count in rows}
