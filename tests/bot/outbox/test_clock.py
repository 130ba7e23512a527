"""The clock rings for what is due or was left behind, and sleeps until there is more."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.outbox.clock import BEAT, Clock
from bot.outbox.holding import UNKNOWN_KIND
from bot.storage.database.engine import Database
from bot.storage.outbox.due import LEASE
from bot.storage.tables import outbox
from bot.wiring.lanes import visitor_queues
from tests.fakes import QuietDoorbell
from tests.office import ANN, BEN, Office


@pytest.fixture
def clock(office: Office, doorbell: QuietDoorbell) -> Clock:
    """A clock in the office that waits for profiles only when a test writes again."""
    office.write()
    office.work()
    return Clock(office.database, doorbell, lambda: office.now, visitor_queues())


def ids(office: Office, kind: str) -> list[int]:
    return [row["id"] for row in office.rows("outbox", kind=kind)]


def test_it_rings_for_what_is_due_and_for_nothing_else(
    clock: Clock, office: Office, doorbell: QuietDoorbell
) -> None:
    office.pass_time(59.9)
    clock.tick()
    assert doorbell.rung == []
    office.pass_time(0.1)
    clock.tick()
    assert doorbell.rung == ids(office, "capture_prompt")


def test_it_rings_again_until_somebody_comes(
    clock: Clock, office: Office, doorbell: QuietDoorbell
) -> None:
    office.pass_time(60)
    clock.tick()
    clock.tick()
    assert doorbell.rung == ids(office, "capture_prompt") * 2


def test_it_rings_for_what_a_dead_worker_has_left(
    clock: Clock, office: Office, doorbell: QuietDoorbell
) -> None:
    office.pass_time(60)
    office.claim()
    office.pass_time(LEASE.total_seconds() - 1)
    clock.tick()
    assert doorbell.rung == []
    office.pass_time(1)
    clock.tick()
    assert doorbell.rung == ids(office, "capture_prompt")


def test_it_sleeps_until_the_next_row_falls_due(clock: Clock, office: Office) -> None:
    office.pass_time(59.75)
    assert clock.tick() == timedelta(seconds=0.25)


def test_it_looks_every_second_for_what_others_write_meanwhile(
    clock: Clock, office: Office
) -> None:
    assert clock.tick() == BEAT
    office.pass_time(60)
    office.work()
    assert clock.tick() == BEAT


def test_a_crowd_that_is_due_needs_no_crowd_of_rings(
    clock: Clock, office: Office, doorbell: QuietDoorbell
) -> None:
    for number in range(30):
        office.write(place=ANN if number % 2 else BEN)
        office.reply(place=ANN if number % 2 else BEN)
    clock.tick()
    assert 0 < len(doorbell.rung) <= 16


class Beats(threading.Event):
    """Lets no time pass, and ends after so many beats."""

    def __init__(self, count: int, before: Callable[[int], None] = lambda _beat: None) -> None:
        super().__init__()
        self.pauses: list[float | None] = []
        self._count = count
        self._before = before

    def wait(self, timeout: float | None = None) -> bool:
        self.pauses.append(timeout)
        self._before(len(self.pauses))
        if len(self.pauses) == self._count:
            self.set()
        return self.is_set()


class FragileDatabase(Database):
    """A database that may be away."""

    is_away = False

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        if self.is_away:
            raise sa.exc.InterfaceError(None, None, ConnectionError())
        with super().read() as connection:
            yield connection


def test_while_the_database_is_away_it_keeps_ticking(
    clock: Clock,
    office: Office,
    doorbell: QuietDoorbell,
    migrated_url: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    office.pass_time(60)
    database = FragileDatabase(migrated_url)
    database.is_away = True

    def bring_back(beat: int) -> None:
        database.is_away = beat < 3

    beats = Beats(4, before=bring_back)
    Clock(database, doorbell, lambda: office.now, visitor_queues()).run(beats)
    database.close()
    assert beats.pauses == [BEAT.total_seconds()] * 4
    assert [record.getMessage() for record in caplog.records] == [
        "the database failed",
        "the database works again",
    ]
    assert doorbell.rung == ids(office, "capture_prompt")


def test_work_of_an_unknown_kind_is_put_off_until_a_newer_version_does_it(
    clock: Clock, office: Office, doorbell: QuietDoorbell
) -> None:
    [row] = ids(office, "capture_prompt")
    _change(office, row, kind="dance")
    office.pass_time(3_600)
    clock.put_off_unknown()
    clock.tick()
    [put_off] = office.rows("outbox", id=row)
    assert (put_off["state"], put_off["reason"]) == ("pending", UNKNOWN_KIND)
    assert put_off["due_at"] > office.now
    assert doorbell.rung == []
    _change(office, row, kind="capture_prompt")
    office.pass_time(300)
    office.work()
    assert office.rows("outbox", id=row)[0]["state"] == "sent"


def _change(office: Office, row: int, **changes: object) -> None:
    with office.database.write() as connection:
        connection.execute(sa.update(outbox).where(outbox.c.id == row).values(**changes))


def test_it_stops_when_it_is_told(clock: Clock) -> None:
    beats = Beats(1)
    beats.set()
    clock.run(beats)
    assert beats.pauses == []


def test_a_database_that_is_away_is_told_in_a_line_and_not_with_each_beat(
    doorbell: QuietDoorbell, caplog: pytest.LogCaptureFixture, office: Office
) -> None:
    away = Database("postgresql://ann:cAnArY@127.0.0.1:1/none")
    Clock(away, doorbell, lambda: office.now, visitor_queues()).run(Beats(3))
    [record] = caplog.records
    assert record.getMessage() == "the database failed"
    assert "refused" in record.__dict__["cause"]
    assert "cAnArY" not in str(record.__dict__)
    assert record.exc_info is None


def test_a_fault_of_the_clocks_own_is_told_in_a_line_and_it_goes_on(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(QuietDoorbell):
        def ring(self, *_ids: int) -> None:
            raise ZeroDivisionError

    beats = Beats(3)
    Clock(office.database, Broken(), lambda: office.now, visitor_queues()).run(beats)
    assert [record.getMessage() for record in caplog.records] == ["the clock failed"]
    assert len(beats.pauses) == 3
