"""What every handler's test inherits: its rows live as the engine promises, whatever befalls them.

A test class says by its `workbench` how rows of its kind are ordered, and what was done for them.
"""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import pytest
import sqlalchemy as sa

from bot.outbox.attempts import attempt
from bot.outbox.claiming import AnyJob, Claiming
from bot.outbox.contract import Failure, Handler, LanePlan
from bot.outbox.lane import Lane
from bot.outbox.settling import Result, Settling
from bot.ports.errors import (
    Cause,
    OutcomeUnknownError,
    SendError,
    UnavailableError,
    UndeliverableError,
)
from bot.storage.outbox.due import LONG_LEASE
from bot.storage.outbox.rows import Work
from bot.storage.tables import outbox
from tests.bot.outbox.readers import Readers
from tests.bot.web.sites import Serve
from tests.leaving import LeavingDatabase
from tests.office import Office
from tests.races import at_once

MANY = 12
OPEN = {"pending", "sending"}
_KEYS = (
    *("about", "asks_for_email", "at", "choices", "consents", "contact", "conversation", "domain"),
    *("event", "key", "message", "messages", "person", "position", "since", "talks", "url"),
    *("by_hand", "conversations", "contacts", "counts", "fault", "of", "status", "stops"),
    *("trouble", "waiting", "troubles", "texts", "ids"),
)
SPOILS: dict[str, dict[str, object]] = {
    "no payload": {"payload": None},
    "a list": {"payload": ["no", "object"]},
    "a number": {"payload": 7},
    "a text": {"payload": "odd"},
    "an unknown key": {"payload": {"of a later version": 1}},
    "no visitor": {"visitor_id": None},
    "no conversation": {"conversation_id": None},
    "no message": {"message_id": None},
    "no subject": {"visitor_id": None, "conversation_id": None, "message_id": None},
    "no target": {"channel": "none", "account": "nonsense"},
}
ODD_SPOILS: dict[str, dict[str, object]] = {
    "no JSON": {"payload": sa.text("'{'")},
    "objects": {"payload": {key: {"odd": 1} for key in _KEYS}},
    "objects in lists": {"payload": {key: [{"odd": 1}] for key in _KEYS}},
    "texts in lists": {"payload": {key: ["odd"] for key in _KEYS}},
    "lists in lists": {"payload": {key: [[10**30], [10**30]] for key in _KEYS}},
    "as many attempts as there can be": {"attempts": 2**31 - 1},
}
"""What no statement was written for: a server calls it a fault of the statement."""
_ENDS = {"dead", "expired", "cancelled"}
FROM_THE_FUTURE = "a_kind_from_the_future"


class Workbench(ABC):
    """Orders rows of one kind, each about something of its own, and sees what was done."""

    kind: ClassVar[Work]
    repeats: ClassVar[bool]
    """What a dead worker held is done again; else nobody knows how it ended."""
    settles_one_by_one: ClassVar[bool] = False
    """Each outcome asks for much that is its own: to erase a person, to keep a file."""

    def __init__(self, office: Office) -> None:
        self.office = office

    @abstractmethod
    def plan(self) -> LanePlan:
        """Put the lane together in which the kind stands."""

    @abstractmethod
    def order(self, number: int) -> None:
        """Bring about one row that is due now."""

    @abstractmethod
    def done(self) -> list[int]:
        """Say what was done, by the numbers of the orders."""

    @property
    def repeats_after_requests(self) -> bool:
        """Say the same of a worker that has made its last request."""
        return self.repeats

    @property
    def handler(self) -> Handler[Any]:
        return self.plan().handlers[self.kind]

    def lane(self) -> Lane:
        return Lane(self.office.engine(), self.plan())

    def work(self) -> None:
        """Let one worker do what is due."""
        self.lane().work()

    def take(self) -> list[AnyJob]:
        """Let a worker take all that is due, and do nothing with it yet."""
        plan = replace(self.plan(), to_each_target=None)
        return Claiming(self.office.engine(), plan, 100, []).take().jobs

    def attempt(self, jobs: Sequence[AnyJob]) -> list[Result]:
        """Do what was taken, and write nothing down yet."""
        handlers, database = self.plan().handlers, self.office.database
        return [(job, attempt(handlers[job.row.kind], job, database, "test")) for job in jobs]

    def settle(self, results: Sequence[Result]) -> None:
        Settling(self.office.engine(), self.plan()).settle(results)

    def rows(self) -> list[dict[str, Any]]:
        return self.office.rows("outbox", kind=self.kind)

    def state(self, row: dict[str, Any]) -> str:
        [found] = self.office.rows("outbox", id=row["id"])
        return str(found["state"])

    def change(self, row: dict[str, Any], **changes: object) -> None:
        with self.office.database.write() as connection:
            connection.execute(sa.update(outbox).where(outbox.c.id == row["id"]).values(**changes))

    def lose(self) -> None:
        """Let the leases of dead workers end."""
        self.office.pass_time(LONG_LEASE.total_seconds() + 1)

    def keep_working(self) -> None:
        """Let the time pass after which nobody believes any more that it helps to wait.

        Where no row is open any more, a last round shows that none is taken again.
        """
        self._work_and_wait()
        for _ in range(29):
            is_over = OPEN.isdisjoint(row["state"] for row in self.rows())
            self._work_and_wait()
            if is_over:
                return

    def _work_and_wait(self) -> None:
        self.work()
        self.office.pass_time(301)


class HandlerConformance(ABC):
    """Inherit it, and name the workbench."""

    workbench: type[Workbench]

    @pytest.fixture
    def bench(self, office: Office) -> Workbench:
        return self.workbench(office)

    @pytest.fixture
    def shaky(self, leaving: LeavingDatabase) -> Workbench:
        """The same, with a database that may go away."""
        return self.workbench(Office(leaving))

    @pytest.fixture
    def orders(self, bench: Workbench) -> list[dict[str, Any]]:
        return order(bench, 4)

    @pytest.mark.usefixtures("orders")
    def test_each_row_is_done_once(self, bench: Workbench) -> None:
        bench.work()
        bench.work()
        assert sorted(bench.done()) == [0, 1, 2, 3]
        assert {row["state"] for row in bench.rows()} == {"sent"}

    @pytest.mark.usefixtures("orders")
    def test_two_workers_do_each_row_once(self, bench: Workbench) -> None:
        at_once([bench.lane().work for _ in range(2)])
        bench.work()
        assert sorted(bench.done()) == [0, 1, 2, 3]

    @pytest.mark.parametrize("spoil", SPOILS)
    def test_a_spoilt_row_costs_only_itself(
        self, bench: Workbench, orders: list[dict[str, Any]], spoil: str
    ) -> None:
        bench.change(orders[0], **SPOILS[spoil])
        bench.work()
        assert set(bench.done()) >= {1, 2, 3}
        assert [bench.state(row) for row in orders[1:]] == ["sent"] * 3
        bench.keep_working()
        assert bench.state(orders[0]) not in OPEN
        assert Counter(bench.done())[1] == 1

    def test_rows_that_are_spoilt_in_every_way_stop_none_of_the_others(
        self, bench: Workbench
    ) -> None:
        spoils = {**SPOILS, **ODD_SPOILS}
        orders = order(bench, 2 * len(spoils))
        for row, spoil in zip(orders[::2], spoils.values(), strict=True):
            bench.change(row, **spoil)
        bench.keep_working()
        assert [bench.state(row) for row in orders[1::2]] == ["sent"] * len(spoils)
        assert not OPEN & {bench.state(row) for row in orders}

    @pytest.mark.parametrize("state", ["pending", "sending", "sent", "dead"])
    async def test_spoilt_rows_fail_and_hide_nothing_where_they_are_read(
        self, bench: Workbench, aiohttp_client: Serve, redis_url: str, state: str
    ) -> None:
        spoils = {**SPOILS, **ODD_SPOILS}
        orders = order(bench, len(spoils) + 2)
        for row, spoil in zip(orders, spoils.values(), strict=False):
            bench.change(row, state=state, **spoil)
        bench.change(orders[-1], state=state, kind=FROM_THE_FUTURE)
        readers = await Readers.open(bench.office, aiohttp_client, redis_url)
        await readers.read()

    @pytest.mark.parametrize("spoil", SPOILS)
    def test_a_spoilt_row_in_a_dead_workers_hand_costs_only_itself(
        self, bench: Workbench, orders: list[dict[str, Any]], spoil: str
    ) -> None:
        held = {"state": "sending", "lease": "x", "lease_until": bench.office.now}
        bench.change(orders[0], **{**held, **SPOILS[spoil]})
        bench.work()
        assert set(bench.done()) >= {1, 2, 3}
        bench.keep_working()
        assert bench.state(orders[0]) not in OPEN

    def test_a_kind_from_the_future_waits_for_a_newer_worker(
        self, bench: Workbench, orders: list[dict[str, Any]]
    ) -> None:
        bench.change(orders[0], kind=FROM_THE_FUTURE)
        bench.keep_working()
        assert sorted(set(bench.done())) == [1, 2, 3]
        assert bench.state(orders[0]) == "pending"

    def test_a_worker_that_dies_before_its_requests(
        self, bench: Workbench, orders: list[dict[str, Any]]
    ) -> None:
        taken = {job.row.id for job in bench.take()}
        bench.lose()
        bench.keep_working()
        for number, row in enumerate(orders):
            is_lost = row["id"] in taken and not bench.repeats
            assert bench.state(row) == ("unknown" if is_lost else "sent")
            assert bench.done().count(number) == (0 if is_lost else 1)

    def test_a_worker_that_dies_after_its_requests(
        self, bench: Workbench, orders: list[dict[str, Any]]
    ) -> None:
        jobs = bench.take()
        bench.attempt(jobs)
        taken = {job.row.id for job in jobs}
        again = bench.repeats_after_requests
        bench.lose()
        bench.keep_working()
        for number, row in enumerate(orders):
            was_taken = row["id"] in taken
            assert bench.state(row) == ("unknown" if was_taken and not again else "sent")
            assert bench.done().count(number) == (2 if was_taken and again else 1)

    def test_a_worker_that_dies_after_it_has_settled(
        self, bench: Workbench, orders: list[dict[str, Any]]
    ) -> None:
        bench.settle(bench.attempt(bench.take()))
        bench.lose()
        bench.keep_working()
        assert sorted(bench.done()) == [0, 1, 2, 3]
        assert [bench.state(row) for row in orders] == ["sent"] * 4

    def test_a_database_that_goes_away_at_the_look_loses_nothing(
        self, shaky: Workbench, leaving: LeavingDatabase
    ) -> None:
        order(shaky, 4)
        lane = shaky.lane()
        leaving.reads_to_miss = 1
        with pytest.raises(UnavailableError):
            lane.work()
        lane.work()
        assert sorted(shaky.done()) == [0, 1, 2, 3]

    def test_a_database_that_goes_away_at_the_taking_loses_nothing(
        self, shaky: Workbench, leaving: LeavingDatabase
    ) -> None:
        order(shaky, 4)
        lane = shaky.lane()
        leaving.writes_to_miss = 1
        with pytest.raises(UnavailableError):
            lane.work()
        lane.work()
        assert sorted(shaky.done()) == [0, 1, 2, 3]

    def test_a_database_that_goes_away_after_the_requests_doubles_nothing(
        self, shaky: Workbench, leaving: LeavingDatabase
    ) -> None:
        orders = order(shaky, 4)
        results = shaky.attempt(shaky.take())
        leaving.writes_to_miss = 2
        shaky.settle(results)
        shaky.keep_working()
        assert sorted(shaky.done()) == [0, 1, 2, 3]
        assert [shaky.state(row) for row in orders] == ["sent"] * 4

    def test_each_error_ends_a_row_or_leaves_it_to_be_tried_again(self, bench: Workbench) -> None:
        wanted: list[tuple[Failure, set[str]]] = [
            (SendError("Not now."), {"pending"}),
            (OutcomeUnknownError("Perhaps."), {"pending" if bench.repeats else "unknown"}),
            *((UndeliverableError("Never.", cause), _ENDS) for cause in Cause),
        ]
        order(bench, 1)
        bench.work()  # proves that the accounts may be used
        order(bench, len(wanted), 1)
        for job, (error, states) in zip(bench.take(), wanted, strict=False):
            bench.settle([(job, error)])
            assert bench.state({"id": job.row.id}) in states, error

    def test_many_rows_cost_as_many_statements_as_two(self, bench: Workbench) -> None:
        order(bench, 1)  # proves that the accounts may be used
        few = cost(bench, 1, 3)
        many = cost(bench, 3, 3 + MANY)
        assert many[0] == few[0]
        assert bench.settles_one_by_one or many[1] == few[1]


def order(bench: Workbench, count: int, first: int = 0) -> list[dict[str, Any]]:
    """Bring rows about that are due now."""
    for number in range(first, first + count):
        bench.order(number)
    return bench.rows()[-count:]


def cost(bench: Workbench, first: int, end: int) -> tuple[int, int]:
    """Say how many statements it takes to take rows, and to settle them."""
    bench.work()  # what followed from earlier ones
    order(bench, end - first, first)
    jobs: list[AnyJob] = []
    taking = statements(bench, lambda: jobs.extend(bench.take()))
    results = bench.attempt(jobs)
    settling = statements(bench, lambda: bench.settle(results))
    assert sorted(set(bench.done())) == list(range(end))
    return taking, settling


def statements(bench: Workbench, work: Callable[[], object]) -> int:
    """Count what goes to the database; that which is sent for many rows at once counts once."""
    asked: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        asked.append(statement)

    engine = bench.office.database.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    work()
    sa.event.remove(engine, "before_cursor_execute", note)
    return len(asked)
