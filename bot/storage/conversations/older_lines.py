"""Search lines that are missing, since a former version wrote the rows: written in small steps."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from bot.storage.conversations.search_lines import SOURCES, select_source
from bot.storage.database import bulk
from bot.storage.database.engine import Database
from bot.storage.database.transactions import retry_races
from bot.storage.tables import messages

_AT_ONCE = 250  # rows


def write_older_lines(
    database: Database, below: Mapping[str, int], most: int = _AT_ONCE
) -> dict[str, int]:
    """Write some lines in a transaction of its own, the newest rows first.

    Goes on below these ids, and returns those to go on with; none: every row has its line.
    """
    return retry_races(database, lambda connection: _write(connection, below, most))


def _write(connection: sa.Connection, below: Mapping[str, int], most: int) -> dict[str, int]:
    for source in SOURCES:
        name, here = source.table.name, source.table.c
        missing = select_source(source).where(here.search_line.is_(None))
        if name in below:
            missing = missing.where(here.id < below[name])
        # a row that is held is left for the next time: nobody waits
        chosen = missing.order_by(here.id.desc()).limit(most).with_for_update(skip_locked=True)
        if rows := connection.execute(chosen).all():
            lines = [(source.write(row), row.id) for row in rows]
            with bulk.together(connection):
                bulk.update_later(connection, name, ("search_line",), lines)
            return {**below, name: rows[-1].id}
    return {}


def find_unsearchable(connection: sa.Connection) -> datetime | None:
    """Say when the newest message was stored that no search finds yet; None: all are found."""
    here = messages.c
    query = sa.select(here.created_at).where(here.search_line.is_(None))
    return connection.execute(query.order_by(here.id.desc()).limit(1)).scalar_one_or_none()
