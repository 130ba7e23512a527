"""Sightings of requests by web processes, for checks of exposure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.storage.tables import checkups

_PREFIX = "seen:"


class SightingKind(StrEnum):
    """The kinds of sightings."""

    MISDIRECTED = "misdirected"
    """Requests for another host, and none for ours."""
    UNTRUSTED_PROXY = "untrusted_proxy"
    """A forwarded address from a peer in a private network that is no trusted proxy."""
    UNTRUSTED_STRANGER = "untrusted_stranger"
    """A forwarded address from a public peer, where no proxy is trusted."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """When something was seen last, and what."""

    name: str
    at: datetime
    detail: Mapping[str, str]


def save_sighting(connection: sa.Connection, sighting: Sighting) -> None:
    """Keep what was seen, in place of what was seen before."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    values = {"at": sighting.at, "findings": dict(sighting.detail)}
    statement = insert(checkups).values(name=_PREFIX + sighting.name, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))


def forget_sighting(connection: sa.Connection, name: str) -> None:
    """Forget what was seen."""
    connection.execute(sa.delete(checkups).where(checkups.c.name == _PREFIX + name))


def list_sightings(connection: sa.Connection, since: datetime) -> list[Sighting]:
    """List what was seen since then, by name."""
    query = (
        sa.select(checkups)
        .where(checkups.c.name.startswith(_PREFIX, autoescape=True), checkups.c.at >= since)
        .order_by(checkups.c.name)
    )
    return [
        Sighting(row.name.removeprefix(_PREFIX), row.at, row.findings)
        for row in connection.execute(query)
    ]
