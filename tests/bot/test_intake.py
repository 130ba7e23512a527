"""The one door: durable before it is answered, and no event hurts another."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.core.arrivals import Arrival, Fault
from bot.core.events import VisitorWrote
from bot.core.model import Place
from bot.intake import Intake
from bot.ports import UnavailableError
from bot.record import record
from bot.storage.engine import Database
from tests.factories import NOON
from tests.fakes import QuietDoorbell
from tests.office import ANN, PAGE, RULES

Intakes = tuple[Intake, Intake]


def arrival(text: str = "Hello", *, key: str = "m_1", place: Place = ANN) -> Arrival:
    return Arrival(place, VisitorWrote(text, NOON, NOON), key, b"raw of " + key.encode())


def of_somebody_new(name: str) -> Arrival:
    return arrival(key=name, place=Place("messenger", PAGE, name))


class Opener:
    """Opens intakes as so many processes would."""

    def __init__(self) -> None:
        self.doorbell = QuietDoorbell()
        self.writer: Database
        self._opened: list[tuple[Intake, Database]] = []

    def __call__(self, url: str, *, is_patient: bool = False) -> Intake:
        rules = replace(RULES, delay=timedelta(0))
        self.writer = Database(url, by_key_only=not is_patient)
        intake = Intake(self.writer, lambda: rules, self.doorbell, lambda: NOON)
        self._opened.append((intake, self.writer))
        return intake

    async def close(self) -> None:
        for intake, writer in self._opened:
            await intake.close()
            writer.close()


@pytest.fixture
async def opener() -> AsyncIterator[Opener]:
    opened = Opener()
    yield opened
    await opened.close()


@pytest.fixture
async def intakes(opener: Opener, migrated_url: str) -> Intakes:
    """Two doors of two processes, as it were."""
    return opener(migrated_url), opener(migrated_url)


@pytest.fixture
async def intake(opener: Opener, migrated_url: str) -> Intake:
    return opener(migrated_url)


def count(database: Database, table: str) -> int:
    with database.read() as connection:
        query = sa.select(sa.func.count()).select_from(sa.table(table))
        return connection.execute(query).scalar_one()


async def take_one_message_twenty_times(intakes: Intakes) -> None:
    await asyncio.gather(
        *(intakes[number % 2].receive("messenger", [arrival()]) for number in range(20))
    )


async def take_an_album(intakes: Intakes) -> None:
    pictures = [arrival("", key=f"m_{number}") for number in range(10)]
    await asyncio.gather(
        *(
            intakes[number % 2].receive("messenger", [picture])
            for number, picture in enumerate(pictures)
        )
    )


async def take_one_address_of_eight(intakes: Intakes) -> None:
    places = [Place("messenger", PAGE, f"p{number}") for number in range(8)]
    await asyncio.gather(
        *(
            intakes[number % 2].receive(
                "messenger", [arrival("ann@example.com", key=f"m_{number}", place=place)]
            )
            for number, place in enumerate(places)
        )
    )


async def test_w22_one_message_that_comes_twenty_times_at_once_is_one(
    intakes: Intakes, database: Database
) -> None:
    await take_one_message_twenty_times(intakes)
    assert (count(database, "messages"), count(database, "conversations")) == (1, 1)


async def test_w32_an_album_in_ten_requests_is_one_conversation(
    intakes: Intakes, database: Database
) -> None:
    await take_an_album(intakes)
    assert (count(database, "visitors"), count(database, "conversations")) == (1, 1)
    with database.read() as connection:
        seqs = connection.execute(sa.text("SELECT seq FROM messages ORDER BY seq")).scalars().all()
    assert seqs == list(range(1, 11))


async def test_eight_visitors_with_one_new_address_make_one_contact(
    intakes: Intakes, database: Database
) -> None:
    await take_one_address_of_eight(intakes)
    assert (count(database, "contacts"), count(database, "claims")) == (1, 8)


async def test_it_is_the_unique_key_that_decides_whose_address_it_is(
    own_database: Database, opener: Opener
) -> None:
    drop_key(own_database, "contacts", "email_key")
    url = own_database.url.render_as_string(hide_password=False)
    with pytest.raises(UnavailableError):
        await take_one_address_of_eight((opener(url), opener(url)))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has one writer
async def test_it_is_the_unique_key_that_makes_the_second_wait(
    own_database: Database, opener: Opener
) -> None:
    drop_key(own_database, "visitors", "channel", "account", "external_id")
    intake = opener(own_database.url.render_as_string(hide_password=False))
    with own_database.write() as connection:
        record(connection, [arrival()], RULES, NOON).save()
        await intake.receive("messenger", [arrival(key="m_2")])  # with the key it would wait
    assert count(own_database, "visitors") == 2


def drop_key(database: Database, table: str, *columns: str) -> None:
    name = f"uq_{table}_{'_'.join(columns)}"
    with database.write() as connection:
        if database.is_postgresql:
            connection.execute(sa.text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
            return
        connection.execute(sa.text("PRAGMA writable_schema = ON"))
        connection.execute(
            sa.text("UPDATE sqlite_schema SET sql = replace(sql, :key, '') WHERE name = :table"),
            {"key": f", \n\tCONSTRAINT {name} UNIQUE ({', '.join(columns)})", "table": table},
        )


async def test_what_was_answered_is_stored_and_due_work_is_rung_for(
    intake: Intake, opener: Opener, database: Database
) -> None:
    await intake.receive("messenger", [arrival()])
    assert count(database, "messages") == 1
    assert len(opener.doorbell.rung) == 2


async def test_requests_that_wait_share_a_commit(
    intake: Intake, opener: Opener, database: Database
) -> None:
    commits = 0

    @sa.event.listens_for(opener.writer.engine, "commit")
    def note(_connection: object) -> None:
        nonlocal commits
        commits += 1

    await asyncio.gather(
        *(intake.receive("messenger", [arrival(key=f"m_{number}")]) for number in range(50))
    )
    assert count(database, "messages") == 50
    assert commits <= 3


@pytest.mark.parametrize(("requests", "events"), [(40, 1), (1, 120)])
@pytest.mark.parametrize("migrated_url", ["postgresql"], indirect=True)  # SQLite has one writer
async def test_many_go_on_while_a_group_waits_but_nobody_overtakes_oneself(
    opener: Opener, migrated_url: str, database: Database, requests: int, events: int
) -> None:
    intake = opener(migrated_url, is_patient=True)
    await intake.receive("messenger", [arrival("first")])
    with database.write() as connection:  # holds what the next group must wait for
        connection.execute(sa.text("SELECT id FROM visitors FOR UPDATE"))
        waiting = [asyncio.create_task(intake.receive("messenger", [arrival("next", key="m_2")]))]
        await asyncio.sleep(0.01)  # its group is formed
        last = intake.receive("messenger", [arrival("last", key="m_3")])
        waiting.append(asyncio.create_task(last))
        names = [[f"p{one}_{each}" for each in range(events)] for one in range(requests)]
        async with asyncio.timeout(20):
            await asyncio.gather(
                *(intake.receive("messenger", list(map(of_somebody_new, some))) for some in names)
            )
        assert not any(task.done() for task in waiting)
    await asyncio.gather(*waiting)
    with database.read() as connection:
        query = "SELECT text FROM messages WHERE text <> 'Hello' ORDER BY seq"
        texts = connection.execute(sa.text(query)).scalars().all()
    assert texts == ["first", "next", "last"]


@pytest.mark.parametrize("migrated_url", ["postgresql"], indirect=True)
async def test_a_few_are_no_group_of_their_own_however_many_came_before(
    opener: Opener, migrated_url: str, database: Database
) -> None:
    intake = opener(migrated_url, is_patient=True)
    await intake.receive("messenger", [arrival(key=f"m_{number}") for number in range(150)])
    with database.write() as connection:
        connection.execute(sa.text("SELECT id FROM visitors FOR UPDATE"))
        waiting = [asyncio.create_task(intake.receive("messenger", [arrival(key="next")]))]
        await asyncio.sleep(0.01)  # its group is formed
        few = map(of_somebody_new, ["Bo", "Cy", "Di"])
        waiting += [asyncio.create_task(intake.receive("messenger", [one])) for one in few]
        done, _ = await asyncio.wait(waiting, timeout=0.2)
        assert not done
    await asyncio.gather(*waiting)
    assert count(database, "messages") == 154


async def test_w25_one_poisoned_event_among_a_thousand_goes_alone(
    opener: Opener, migrated_url: str, database: Database
) -> None:
    intake = opener(migrated_url, is_patient=True)
    batch = [
        arrival(key=f"m_{number}", place=Place("messenger", PAGE, f"p{number}"))
        for number in range(1000)
    ]
    poison = VisitorWrote("x", NOON.replace(tzinfo=None), NOON)
    batch[500] = Arrival(Place("messenger", PAGE, "p500"), poison, "m_500", b"the poison")
    await intake.receive("messenger", batch)
    assert count(database, "messages") == 999
    with database.read() as connection:
        [letter] = connection.execute(sa.text("SELECT raw, reason, account FROM dead_letters"))
    assert bytes(letter.raw) == b"the poison"
    assert letter.account == PAGE


async def test_what_a_channel_could_not_read_is_kept(intake: Intake, database: Database) -> None:
    await intake.receive("messenger", [arrival()], [Fault(b"<xml/>", "not_json")])
    assert (count(database, "messages"), count(database, "dead_letters")) == (1, 1)


async def test_more_than_a_group_in_one_request_is_taken_whole(
    intake: Intake, database: Database
) -> None:
    await intake.receive("messenger", [arrival(key=f"m_{number}") for number in range(2500)])
    assert count(database, "messages") == 2500


async def test_w49_without_a_database_nothing_is_acknowledged(
    opener: Opener, tmp_path: Path
) -> None:
    intake = opener(f"postgresql://postgres@/none?host={tmp_path}")
    with pytest.raises(UnavailableError):
        await intake.receive("messenger", [arrival()])


async def test_without_tables_nothing_is_acknowledged_nor_buried(
    opener: Opener, database_url: str
) -> None:
    intake = opener(database_url)
    with pytest.raises(UnavailableError):
        await intake.receive("messenger", [arrival(), arrival(key="m_2")])


async def test_w49_a_database_that_hangs_counts_as_away(
    opener: Opener, migrated_url: str, database: Database
) -> None:
    if not database.is_postgresql:
        pytest.skip("SQLite has no server to hang; a locked file is refused by its busy timeout")
    intake = opener(migrated_url)
    await intake.receive("messenger", [arrival()])
    with database.write() as connection:  # holds what intake must wait for
        connection.execute(sa.text("SELECT id FROM visitors FOR UPDATE"))
        with pytest.raises(UnavailableError):
            async with asyncio.timeout(8):
                await intake.receive("messenger", [arrival(key="m_2")])
