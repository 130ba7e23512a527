"""What was erased or is old goes by a row that comes round, in turns with rests between them."""

from dataclasses import dataclass
from datetime import timedelta

from bot.keeping import Keeper
from bot.outbox.handlers.retention import RetentionHandler
from bot.storage.database.transactions import retry_races
from bot.storage.forgetting.erasing import Erasure, Whom, erase_whom
from tests.bot.outbox.recurring import RecurringBench, RecurringConformance
from tests.factories import ADA
from tests.office import Office


@dataclass(slots=True)
class CountingKeeper(Keeper):
    """Counts its turns; the first ones may leave something to do."""

    turns: int = 0
    more: int = 0

    def work(self, patience: timedelta = timedelta(0)) -> bool:
        self.turns += 1
        Keeper.work(self, patience)
        return self.turns <= self.more


class RetentionBench(RecurringBench):
    """A database with nothing to delete."""

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self.keeper = CountingKeeper(office.database, lambda: office.now)

    @property
    def handler(self) -> RetentionHandler:
        return RetentionHandler(self.keeper)

    def done(self) -> int:
        return self.keeper.turns


class TestRetention(RecurringConformance):
    """Every ten seconds."""

    workbench = RetentionBench


def test_what_an_erasure_has_hidden_is_deleted(office: Office) -> None:
    office.write(ADA)
    whom, erasure = Whom(ADA), Erasure("operator", office.now)
    assert retry_races(office.database, lambda held: erase_whom(held, whom, erasure))
    assert office.count("messages")
    RetentionBench(office).work()
    assert office.count("messages") == office.count("unfinished_erasures") == 0


def test_a_worker_that_stops_takes_no_further_turn(office: Office) -> None:
    bench = RetentionBench(office)
    bench.work()
    bench.pass_interval()
    [job] = bench.take()
    bench.keeper.more = 10
    handler = bench.handler
    handler.break_off()
    handler.attempt(job)
    assert bench.done() == 2
