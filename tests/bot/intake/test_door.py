"""The one door: durable before it is answered, and no event hurts another."""

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.core.arrivals import Arrival, Fault
from bot.core.events import VisitorWrote
from bot.core.model import VisitorKey
from bot.intake import Intake
from bot.intake.record import record
from bot.ports.errors import UnavailableError
from bot.storage.database.engine import Database
from tests.bot.intake.doors import Intakes, Opener, arrival, count
from tests.factories import NOON
from tests.office import PAGE, RULES


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
    places = [VisitorKey("messenger", PAGE, f"p{number}") for number in range(8)]
    await asyncio.gather(
        *(
            intakes[number % 2].receive(
                "messenger", [arrival("ann@example.com", key=f"m_{number}", place=place)]
            )
            for number, place in enumerate(places)
        )
    )


async def test_one_message_that_comes_twenty_times_at_once_is_one(
    intakes: Intakes, database: Database
) -> None:
    await take_one_message_twenty_times(intakes)
    assert (count(database, "messages"), count(database, "conversations")) == (1, 1)


async def test_an_album_in_ten_requests_is_one_conversation(
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


async def test_one_poisoned_event_among_a_thousand_goes_alone(
    opener: Opener, migrated_url: str, database: Database
) -> None:
    intake = opener(migrated_url, is_patient=True)
    batch = [
        arrival(key=f"m_{number}", place=VisitorKey("messenger", PAGE, f"p{number}"))
        for number in range(1000)
    ]
    poison = VisitorWrote("x", NOON.replace(tzinfo=None), NOON)
    batch[500] = Arrival(VisitorKey("messenger", PAGE, "p500"), poison, "m_500", b"the poison")
    await intake.receive("messenger", batch)
    assert count(database, "messages") == 999
    with database.read() as connection:
        [letter] = connection.execute(sa.text("SELECT raw, reason, account FROM dead_letters"))
    assert bytes(letter.raw) == b"the poison"
    assert letter.account == PAGE


async def test_what_a_channel_could_not_read_is_kept(intake: Intake, database: Database) -> None:
    await intake.receive("messenger", [arrival()], [Fault(b"<xml/>", "not_json")])
    assert (count(database, "messages"), count(database, "dead_letters")) == (1, 1)


async def test_a_repeated_delivery_makes_no_second_dead_letter(
    intake: Intake, database: Database
) -> None:
    bad = arrival(key="m_bad")
    bad = bad._replace(report=VisitorWrote("x", NOON.replace(tzinfo=None), NOON), raw=b"poison")
    fault = Fault(b"<xml/>", "not_json")
    for channel in ("messenger", "messenger", "pigeon"):
        await intake.receive(channel, [bad, arrival()], [fault, fault, Fault(b"<a/>", "not_json")])
    with database.read() as connection:
        kept = connection.execute(sa.text("SELECT channel, raw FROM dead_letters")).all()
    assert sorted((channel, bytes(raw)) for channel, raw in kept) == [
        ("messenger", b"<a/>"),
        ("messenger", b"<xml/>"),
        ("messenger", b"poison"),
        ("pigeon", b"<a/>"),
        ("pigeon", b"<xml/>"),
    ]


async def test_more_than_a_group_in_one_request_is_taken_whole(
    intake: Intake, database: Database
) -> None:
    await intake.receive("messenger", [arrival(key=f"m_{number}") for number in range(2500)])
    assert count(database, "messages") == 2500


async def test_without_a_database_nothing_is_acknowledged(opener: Opener, tmp_path: Path) -> None:
    intake = opener(f"postgresql://postgres@/none?host={tmp_path}")
    with pytest.raises(UnavailableError):
        await intake.receive("messenger", [arrival()])


async def test_without_tables_nothing_is_acknowledged_nor_buried(
    opener: Opener, database_url: str
) -> None:
    intake = opener(database_url)
    with pytest.raises(UnavailableError):
        await intake.receive("messenger", [arrival(), arrival(key="m_2")])
