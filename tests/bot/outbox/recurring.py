"""What the test of each kind inherits whose one row comes round again and again."""

from abc import ABC, abstractmethod
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.outbox.attempts import attempt
from bot.outbox.claiming import AnyJob, Claiming
from bot.outbox.contract import Handler
from bot.outbox.lane import Lane
from bot.outbox.settling import Settling
from bot.ports.errors import UnavailableError
from bot.storage.tables import outbox
from bot.wiring.lanes import upkeep_lane
from tests.bot.outbox.conformance import SPOILS
from tests.leaving import LeavingDatabase
from tests.office import Office
from tests.races import at_once


class RecurringBench(ABC):
    """One kind that recurs, and how often it was done."""

    def __init__(self, office: Office) -> None:
        self.office = office

    @property
    @abstractmethod
    def handler(self) -> Handler[Any]:
        """Put the handler together."""

    @abstractmethod
    def done(self) -> int:
        """Say how often it was done."""

    def lane(self) -> Lane:
        return Lane(self.office.engine(), upkeep_lane([self.handler], {}))

    def work(self) -> None:
        self.lane().work()

    def take(self) -> list[AnyJob]:
        """Let a worker take what is due, and do nothing with it yet."""
        plan = upkeep_lane([self.handler], {})
        return Claiming(self.office.engine(), plan, 1, []).take().jobs

    @property
    def row(self) -> dict[str, Any]:
        [row] = self.office.rows("outbox", kind=self.handler.kinds[0])
        return row

    def change(self, **changes: object) -> None:
        with self.office.database.write() as connection:
            here = outbox.c.kind == self.handler.kinds[0]
            connection.execute(sa.update(outbox).where(here).values(**changes))

    def pass_interval(self) -> None:
        every = self.handler.retry.every
        assert every
        self.office.pass_time(every.total_seconds())


class RecurringConformance(ABC):
    """Inherit it, and name the workbench."""

    workbench: type[RecurringBench]

    @pytest.fixture
    def bench(self, office: Office) -> RecurringBench:
        return self.workbench(office)

    @pytest.fixture
    def shaky(self, leaving: LeavingDatabase) -> RecurringBench:
        """The same, with a database that may go away."""
        return self.workbench(Office(leaving))

    def test_it_is_done_at_once_and_then_once_in_each_interval(self, bench: RecurringBench) -> None:
        for times in range(1, 4):
            bench.work()
            bench.work()
            assert bench.done() == times
            bench.pass_interval()

    def test_of_several_workers_one_does_it(self, bench: RecurringBench) -> None:
        bench.work()
        bench.pass_interval()
        at_once([bench.lane().work for _ in range(3)])
        assert bench.done() == 2

    @pytest.mark.parametrize("spoil", SPOILS)
    def test_a_spoilt_row_comes_round_all_the_same(self, bench: RecurringBench, spoil: str) -> None:
        bench.work()
        bench.change(**SPOILS[spoil])
        bench.pass_interval()
        bench.work()
        assert bench.done() == 2

    @pytest.mark.parametrize("when", ["before", "after"])
    def test_what_a_killed_worker_held_is_done_again_when_its_lease_is_over(
        self, bench: RecurringBench, when: str
    ) -> None:
        bench.work()
        bench.pass_interval()
        [job] = bench.take()
        if when == "after":
            attempt(bench.handler, job, bench.office.database, "test")
        before = bench.done()
        bench.work()
        bench.office.now = bench.office.now + bench.handler.lease - timedelta(seconds=1)
        bench.work()
        assert bench.done() == before
        bench.office.pass_time(1)
        bench.work()
        assert bench.done() == before + 1

    def test_what_comes_late_from_who_has_lost_the_lease_changes_nothing(
        self, bench: RecurringBench
    ) -> None:
        bench.work()
        bench.pass_interval()
        [late] = bench.take()
        bench.office.now += bench.handler.lease
        bench.work()
        due_at = bench.row["due_at"]
        outcome = attempt(bench.handler, late, bench.office.database, "test")
        bench.office.pass_time(3)
        Settling(bench.office.engine(), upkeep_lane([bench.handler], {})).settle([(late, outcome)])
        assert bench.row["due_at"] == due_at

    def test_a_row_that_a_version_before_has_ended_is_begun_again(
        self, bench: RecurringBench
    ) -> None:
        bench.work()
        bench.change(state="dead")
        bench.pass_interval()
        bench.work()
        assert bench.done() == 2

    @pytest.mark.parametrize("miss", ["reads_to_miss", "writes_to_miss"])
    def test_a_database_that_goes_away_ends_nothing(
        self, shaky: RecurringBench, leaving: LeavingDatabase, miss: str
    ) -> None:
        shaky.work()
        shaky.pass_interval()
        lane = shaky.lane()
        setattr(leaving, miss, 1)
        with pytest.raises(UnavailableError):
            lane.work()
        lane.work()
        assert shaky.done() == 2
