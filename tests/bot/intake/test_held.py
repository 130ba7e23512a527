"""Nobody waits for somebody else's row, whoever holds that."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from bot.core.arrivals import Arrival
from bot.core.model import VisitorKey
from bot.intake import Intake
from bot.ports.errors import HeldError
from bot.storage.database.engine import Database
from tests.bot.intake.doors import Opener, arrival, count, of_somebody_new
from tests.office import ANN, BEN, PAGE

# SQLite has one writer: who holds a row there holds them all
pytestmark = pytest.mark.parametrize("migrated_url", ["postgresql"], indirect=True)

LONG = 20  # seconds: if it takes so long, somebody waits
_ROW = "SELECT id FROM visitors WHERE external_id = :name FOR UPDATE"


@contextmanager
def holding(database: Database, *places: VisitorKey) -> Iterator[None]:
    """Hold visitors' rows as a transaction of somebody else's does."""
    with database.write() as connection:
        for place in places:
            connection.execute(sa.text(_ROW), {"name": place.external_id})
        yield


def texts_of(database: Database, place: VisitorKey) -> list[str]:
    query = (
        "SELECT m.text FROM messages m JOIN conversations c ON c.id = m.conversation_id"
        " JOIN visitors v ON v.id = c.visitor_id WHERE v.external_id = :name ORDER BY m.seq"
    )
    with database.read() as connection:
        found = connection.execute(sa.text(query), {"name": place.external_id})
        return list(found.scalars())


def start(intake: Intake, *arrivals: Arrival) -> "asyncio.Task[object]":
    return asyncio.create_task(intake.receive("messenger", arrivals))


async def test_others_go_on_while_one_visitors_row_is_held(
    intake: Intake, database: Database
) -> None:
    await intake.receive("messenger", [arrival("first")])
    with holding(database, ANN):
        held = start(intake, arrival("next", key="m_2"))
        async with asyncio.timeout(LONG):
            for number in range(12):
                await intake.receive("messenger", [of_somebody_new(f"v{number}")])
                assert not held.done()
    await held
    assert texts_of(database, ANN) == ["first", "next"]


async def test_who_came_along_with_the_held_one_goes_on_too(
    intake: Intake, database: Database
) -> None:
    await intake.receive("messenger", [arrival("first")])
    with holding(database, ANN):
        others = [start(intake, of_somebody_new(f"v{number}")) for number in range(3)]
        held = start(intake, arrival("next", key="m_2"))
        others += [start(intake, of_somebody_new(f"w{number}")) for number in range(3)]
        async with asyncio.timeout(LONG):
            await asyncio.gather(*others)
        assert not held.done()
    await held
    assert count(database, "visitors") == 7


async def test_what_is_held_comes_in_its_order_once_it_is_free(
    intake: Intake, database: Database
) -> None:
    await intake.receive("messenger", [arrival("first")])
    with holding(database, ANN):
        held = [start(intake, arrival(f"{number}", key=f"h_{number}")) for number in range(5)]
        await intake.receive("messenger", [of_somebody_new("v")])
        held += [start(intake, arrival(f"{number}", key=f"h_{number}")) for number in range(5, 9)]
        await intake.receive("messenger", [of_somebody_new("w")])
        assert not any(task.done() for task in held)
    await asyncio.gather(*held)
    assert texts_of(database, ANN) == ["first", *map(str, range(9))]


async def test_a_request_of_several_visitors_waits_for_all_of_them_and_overtakes_none(
    intake: Intake, database: Database
) -> None:
    await intake.receive("messenger", [arrival("first"), arrival("first", key="b_1", place=BEN)])
    with holding(database, ANN):
        both = arrival("both", key="m_2"), arrival("both", key="b_2", place=BEN)
        held = [start(intake, *both), start(intake, arrival("last", key="b_3", place=BEN))]
        await intake.receive("messenger", [of_somebody_new("v")])
        assert not any(task.done() for task in held)
    await asyncio.gather(*held)
    assert texts_of(database, BEN) == ["first", "both", "last"]


async def test_many_that_are_held_do_not_take_all_the_lanes(
    intake: Intake, database: Database
) -> None:
    people = [VisitorKey("messenger", PAGE, f"p{number}") for number in range(40)]
    await intake.receive("messenger", [arrival(key=f"a{one[2]}", place=one) for one in people])
    with holding(database, *people):
        held = [start(intake, arrival(key=f"b{one[2]}", place=one)) for one in people]
        async with asyncio.timeout(LONG):
            for number in range(12):
                await intake.receive("messenger", [of_somebody_new(f"v{number}")])
        assert not any(task.done() for task in held)
    await asyncio.gather(*held)
    assert count(database, "messages") == 92


async def test_what_is_held_for_too_long_is_refused_and_others_are_not(
    intake: Intake, database: Database
) -> None:
    await intake.receive("messenger", [arrival("first")])
    with holding(database, ANN):
        refused = [
            start(intake, arrival("next", key="m_2")),
            start(intake, arrival("last", key="m_3")),
        ]
        async with asyncio.timeout(LONG):
            done, _ = await asyncio.wait(refused)
        assert [type(task.exception()) for task in done] == [HeldError, HeldError]
        await intake.receive("messenger", [of_somebody_new("v")])
    await intake.receive("messenger", [arrival("next", key="m_2")])
    assert texts_of(database, ANN) == ["first", "next"]


async def test_a_row_of_another_table_that_is_held_keeps_nobody_else(
    intake: Intake, database: Database
) -> None:
    await intake.receive("messenger", [arrival("ann@example.com")])
    with database.write() as connection:
        connection.execute(sa.text("SELECT id FROM contacts FOR UPDATE"))
        held = start(intake, arrival("ann@example.com", key="b_1", place=BEN))
        others = [start(intake, of_somebody_new(f"v{number}")) for number in range(8)]
        async with asyncio.timeout(LONG):
            await asyncio.gather(*others)
        assert not held.done()
    await held
    assert (count(database, "contacts"), count(database, "claims")) == (1, 2)


async def test_somebody_new_who_is_being_entered_elsewhere_keeps_nobody_else(
    intake: Intake, database: Database
) -> None:
    row = {"name": BEN.external_id, "page": PAGE}
    entering = (
        "INSERT INTO visitors (channel, account, external_id, created_at)"
        " VALUES ('messenger', :page, :name, now())"
    )
    with database.write() as connection:
        connection.execute(sa.text(entering), row)
        held = start(intake, arrival("Hello", key="b_1", place=BEN))
        others = [start(intake, of_somebody_new(f"v{number}")) for number in range(8)]
        async with asyncio.timeout(LONG):
            await asyncio.gather(*others)
        assert not held.done()
    await held
    assert texts_of(database, BEN) == ["Hello"]


async def test_an_intake_that_closes_finishes_what_is_held(
    opener: Opener, migrated_url: str, database: Database
) -> None:
    intake = opener(migrated_url)
    await intake.receive("messenger", [arrival("first")])
    with holding(database, ANN):
        held = start(intake, arrival("next", key="m_2"))
        await intake.receive("messenger", [of_somebody_new("v")])
        closing = asyncio.create_task(intake.close())
        await asyncio.sleep(0)
        assert not closing.done()
    await asyncio.gather(held, closing)
    assert texts_of(database, ANN) == ["first", "next"]
