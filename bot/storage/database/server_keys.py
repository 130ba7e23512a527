"""Keys that are made once and that all processes share."""

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.storage.database.engine import Database
from bot.storage.database.transactions import read, retry_races
from bot.storage.tables import server_keys


def find_or_make_key(database: Database, name: str, make: Callable[[], str], now: datetime) -> str:
    """Read a key, or make it: of several who do so at once, the first one's counts for all."""
    known = read(database, lambda connection: _find(connection, name))
    if known:
        return known

    def keep(connection: sa.Connection) -> str:
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        row = {"name": name, "value": make(), "created_at": now}
        statement = insert(server_keys).values(row)
        connection.execute(statement.on_conflict_do_nothing(index_elements=["name"]))
        return _find(connection, name) or ""

    return retry_races(database, keep)


def _find(connection: sa.Connection, name: str) -> str | None:
    query = sa.select(server_keys.c.value).where(server_keys.c.name == name)
    return connection.execute(query).scalar()
