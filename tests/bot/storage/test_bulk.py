"""Many rows by one statement: what they share is said once, and stored as if each had said it."""

from contextlib import closing
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy import exc

from bot.storage.database import bulk
from bot.storage.database.engine import Database
from bot.storage.tables import audit, time_text, visitors

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 30, 13, 30, tzinfo=UTC)
COLUMNS = ("external_id", "channel", "account", "guest", "first_name", "created_at")
FEW_AND_MANY = pytest.mark.parametrize("count", [1, 7, 8, 30])


def insert_visitors(database: Database, count: int) -> None:
    at = time_text(NOON)
    rows = [(f"v{number}", "messenger", "3001", 1, "Ása", at) for number in range(count)]
    with database.write() as connection:
        assert bulk.insert(connection, "visitors", COLUMNS, rows) == count


def stored(database: Database, table: sa.Table = visitors) -> list[sa.RowMapping]:
    with database.read() as connection:
        return list(connection.execute(sa.select(table).order_by(table.c.id)).mappings())


@FEW_AND_MANY
def test_rows_that_share_all_but_their_name(database: Database, count: int) -> None:
    insert_visitors(database, count)
    assert [
        (row["external_id"], row["channel"], row["guest"], row["first_name"], row["created_at"])
        for row in stored(database)
    ] == [(f"v{number}", "messenger", True, "Ása", NOON) for number in range(count)]


@FEW_AND_MANY
def test_rows_of_which_nothing_differs(database: Database, count: int) -> None:
    rows = [(time_text(NOON), "ops", "looked")] * count
    with database.write() as connection:
        bulk.insert(connection, "audit", ("at", "actor", "action"), rows)
    assert [(row["at"], row["action"]) for row in stored(database, audit)] == [
        (NOON, "looked")
    ] * count


@FEW_AND_MANY
def test_a_change_that_takes_the_same_away_from_all(database: Database, count: int) -> None:
    insert_visitors(database, count)
    before = stored(database)
    rows = [(0, None, time_text(LATER), f"n{row['id']}", row["id"]) for row in before]
    columns = ("guest", "first_name", "profile_read_at", "last_name")
    with database.write() as connection, bulk.together(connection):
        changed = bulk.update_later(connection, "visitors", columns, rows)
    assert changed() == count
    assert [
        (row["guest"], row["first_name"], row["profile_read_at"], row["last_name"])
        for row in stored(database)
    ] == [(False, None, LATER, f"n{row['id']}") for row in before]


@FEW_AND_MANY
def test_one_row_that_is_changed_again_and_again(database: Database, count: int) -> None:
    insert_visitors(database, 2)
    [first, other] = stored(database)
    with database.write() as connection, bulk.together(connection):
        bulk.update_later(connection, "visitors", ("first_name",), [("Jón", first["id"])] * count)
    assert [row["first_name"] for row in stored(database)] == ["Jón", other["first_name"]]


def test_a_text_that_all_share_is_refused_whole_if_it_holds_a_nul(postgres_url: str) -> None:
    rows = [(f"a{number}", time_text(NOON), "cut\0off") for number in range(20)]
    with closing(Database(postgres_url)) as database:
        with database.write() as connection:
            connection.execute(sa.schema.CreateTable(audit))
        with pytest.raises(exc.DBAPIError), database.write() as connection:
            bulk.insert(connection, "audit", ("actor", "at", "action"), rows)
        assert stored(database, audit) == []
