"""What is counted over all processes and nothing else."""

import sqlalchemy as sa

from bot.storage.bulk import insert
from bot.storage.tables import tallies

DROPPED_MAILS = "dropped_mails"
"""Mails in the mailbox for answers that belonged to no conversation."""


def add_to_tally(connection: sa.Connection, name: str, count: int) -> None:
    """Count so many more."""
    conflict = "ON CONFLICT (name) DO UPDATE SET count = tallies.count + excluded.count"
    insert(connection, "tallies", ("name", "count"), [(name, count)], conflict)


def read_tally(connection: sa.Connection, name: str) -> int:
    """Say how many there were."""
    query = sa.select(tallies.c.count).where(tallies.c.name == name)
    return connection.execute(query).scalar() or 0
