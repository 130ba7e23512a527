"""What an event itself brings about is buried, and nothing else is: then nobody is acknowledged."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from bot.core.arrivals import Arrival, Fault
from bot.core.model import VisitorKey
from bot.intake import Intake
from bot.ports.errors import SlowError, UnavailableError
from bot.storage.database.engine import Database
from tests.bot.intake.doors import Opener, arrival, count, of_somebody_new
from tests.office import BEN, PAGE

Spoil = Callable[[str], Intake]
POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
OF_ROWS = ["22001", "22021", "22P02", "22P05", "23502", "23514", "23505", "54000", "54001"]
AWAY = ["53100", "53300", "25006", "57P01", "58030", "XX000", "42501", "0A000", "55006", "P0001"]
_TRIGGER = """
CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.text = 'poison' THEN {deed}; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER spoil BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION spoil()
"""


def of_many(poison: int) -> list[Arrival]:
    people = [of_somebody_new(f"v{number}") for number in range(16)]
    people[poison] = arrival("poison", key="poison", place=BEN)
    return people


def letters(database: Database) -> list[tuple[bytes, str]]:
    with database.read() as connection:
        found = connection.execute(sa.text("SELECT raw, reason FROM dead_letters"))
        return [(bytes(row.raw), row.reason) for row in found]


@pytest.fixture
def spoil(own_database: Database, opener: Opener) -> Spoil:
    """Let the database do something about whoever writes of poison."""

    def open_spoilt(deed: str) -> Intake:
        with own_database.write() as connection:
            connection.exec_driver_sql(_TRIGGER.format(deed=deed))
        return opener(own_database.url.render_as_string(hide_password=False))

    return open_spoilt


@POSTGRESQL
@pytest.mark.parametrize("state", OF_ROWS)
async def test_an_event_that_can_not_be_stored_is_buried_and_the_others_live(
    spoil: Spoil, own_database: Database, state: str
) -> None:
    intake = spoil(f"RAISE EXCEPTION USING ERRCODE = '{state}', MESSAGE = 'Hello'")
    await intake.receive("messenger", of_many(poison=5))
    assert count(own_database, "messages") == 15
    [(raw, reason)] = letters(own_database)
    assert raw == b"raw of poison"
    assert state in reason
    assert "Hello" not in reason


@POSTGRESQL
@pytest.mark.parametrize("state", AWAY)
async def test_for_what_the_database_can_not_do_nobody_is_buried_nor_acknowledged(
    spoil: Spoil, own_database: Database, state: str
) -> None:
    intake = spoil(f"RAISE EXCEPTION USING ERRCODE = '{state}', MESSAGE = 'no more'")
    with pytest.raises(UnavailableError, match=f"no more.*{state}"):
        await intake.receive("messenger", of_many(poison=5))
    assert (count(own_database, "messages"), letters(own_database)) == (0, [])
    await intake.receive("messenger", [of_somebody_new("w")])


@POSTGRESQL
async def test_an_event_that_takes_too_long_is_buried_where_others_do_not(
    spoil: Spoil, own_database: Database
) -> None:
    intake = spoil("PERFORM pg_sleep(9)")
    people = [of_somebody_new("v"), arrival("poison", key="poison", place=BEN)]
    await intake.receive("messenger", people)
    assert count(own_database, "messages") == 1
    [(raw, reason)] = letters(own_database)
    assert (raw, reason) == (b"raw of poison", "could not be stored (QueryCanceled 57014)")


@POSTGRESQL
async def test_where_everything_takes_too_long_nobody_is_buried(
    spoil: Spoil, own_database: Database
) -> None:
    intake = spoil("PERFORM 1")
    slow = "CREATE OR REPLACE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS "
    slow += "$$ BEGIN PERFORM pg_sleep(9); RETURN NEW; END $$"
    with own_database.write() as connection:
        connection.exec_driver_sql(slow)
    with pytest.raises(SlowError, match="57014"):
        await intake.receive("messenger", of_many(poison=5))
    assert (count(own_database, "messages"), letters(own_database)) == (0, [])


async def test_a_text_that_no_index_takes_is_buried_and_its_neighbours_live(
    opener: Opener, migrated_url: str, database: Database
) -> None:
    intake = opener(migrated_url)
    words = " ".join(f"{number:x}{number * 7919:x}" for number in range(120_000))
    too_much = Arrival(BEN, arrival(words).report, "much", b"raw of much")
    await asyncio.gather(
        intake.receive("messenger", [of_somebody_new("v"), too_much, of_somebody_new("w")]),
        intake.receive("messenger", [of_somebody_new("x")]),
    )
    if not database.is_postgresql:  # it looks at everything and has no such index
        assert (count(database, "messages"), letters(database)) == (4, [])
        return
    assert count(database, "messages") == 3
    assert [raw for raw, _ in letters(database)] == [b"raw of much"]


async def test_an_id_that_no_index_takes_is_buried_and_its_neighbours_live(
    intake: Intake, database: Database
) -> None:
    if not database.is_postgresql:
        pytest.skip("SQLite's indexes take keys of any length")
    digits = "".join(f"{number * 7919:x}" for number in range(20_000))
    long = arrival(key="long", place=VisitorKey("messenger", PAGE, digits))
    await intake.receive("messenger", [of_somebody_new("v"), long])
    assert (count(database, "messages"), len(letters(database))) == (1, 1)


@pytest.mark.parametrize("account", ["page\0", "page \ud800", "x" * 100_000])
async def test_a_fault_is_kept_whatever_its_account_is_called(
    intake: Intake, database: Database, account: str
) -> None:
    await intake.receive("messenger", [of_somebody_new("v")], [Fault(b"raw", "odd", account)])
    assert count(database, "messages") == 1
    assert letters(database) == [(b"raw", "odd")]


@pytest.mark.parametrize("name", ["a\0b", "a \ud800"])
async def test_an_event_whose_names_can_not_be_stored_is_buried(
    intake: Intake, database: Database, name: str
) -> None:
    odd = arrival(key="odd", place=VisitorKey("messenger", name, name))
    await intake.receive("messenger", [of_somebody_new("v"), odd])
    if not database.is_postgresql and "\0" in name:  # there it is a letter like any other
        assert count(database, "messages") == 2
        return
    assert count(database, "messages") == 1
    assert [raw for raw, _ in letters(database)] == [b"raw of odd"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_full_disk_buries_nobody(opener: Opener, own_database: Database) -> None:
    intake = opener(own_database.url.render_as_string())

    @sa.event.listens_for(opener.writer.engine, "connect")
    def fill(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own class
        connection.execute("PRAGMA max_page_count = 1")

    with pytest.raises(UnavailableError, match="disk is full"):
        await intake.receive("messenger", [arrival("x" * 50_000, key=f"{one}") for one in range(4)])
    assert (count(own_database, "messages"), letters(own_database)) == (0, [])
