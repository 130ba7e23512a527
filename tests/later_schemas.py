"""Schemas of code that is yet to be written, as its migrations would leave them."""

from typing import NamedTuple

import sqlalchemy as sa

from bot.storage.database.engine import Database
from bot.storage.tables import schema_revisions


class Revision(NamedTuple):
    """A later revision, and what it says of itself; `unmarked` ones say nothing."""

    name: str
    additive: bool = False
    serves_from: str | None = None
    unmarked: bool = False


ADDITIVE = Revision("adds", additive=True)
TAKES_AWAY = Revision("of_next_year")
SERVED = [
    [ADDITIVE],
    [ADDITIVE, Revision("adds_more", additive=True)],
    [Revision("takes_away_what_is_old", serves_from="0008")],
    [ADDITIVE, Revision("takes_away_what_is_unused", serves_from="0009")],
]
TOO_NEW = [
    [TAKES_AWAY],
    [ADDITIVE, TAKES_AWAY],
    [TAKES_AWAY, ADDITIVE],
    [ADDITIVE, Revision("takes_away_too_soon", serves_from="adds")],
    [Revision("nobody_knows", unmarked=True)],
]


def upgrade_further(database: Database, *later: Revision) -> None:
    """Leave what later migrations would in the tables that tell of them."""
    marks = [
        {"revision": one.name, "additive": one.additive, "serves_from": one.serves_from}
        for one in later
        if not one.unmarked
    ]
    with database.write() as connection:
        if marks:
            connection.execute(schema_revisions.insert(), marks)
        change = sa.text("UPDATE alembic_version SET version_num = :last")
        connection.execute(change, {"last": later[-1].name})
