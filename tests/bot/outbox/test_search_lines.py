"""Search lines that are missing: written by one worker, step by step."""

from collections.abc import Iterator, Mapping

from bot.outbox.contract import Handler
from bot.outbox.handlers.search_lines import SearchLinesHandler
from tests.bot.outbox.recurring import RecurringBench, RecurringConformance
from tests.office import Office


class SearchLinesBench(RecurringBench):
    """Lines that are missing are written."""

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self.looks = 0
        self.rest: Iterator[dict[str, int]] = iter(())
        self.writer = SearchLinesHandler(self.step)

    @property
    def handler(self) -> Handler[None]:
        return self.writer

    def step(self, below: Mapping[str, int]) -> dict[str, int]:
        self.looks += 1
        return next(self.rest, {})

    def done(self) -> int:
        return self.looks


class TestSearchLines(RecurringConformance):
    """Every minute."""

    workbench = SearchLinesBench


def test_lines_are_written_until_none_is_missing(office: Office) -> None:
    bench = SearchLinesBench(office)
    bench.rest = iter([{"messages": 2}, {"messages": 1}])
    bench.work()
    assert bench.looks == 3


def test_a_worker_that_ends_leaves_the_rest_to_the_next_one(office: Office) -> None:
    bench = SearchLinesBench(office)
    bench.rest = iter([{"messages": 2}])
    bench.writer.break_off()
    bench.work()
    assert bench.looks == 0
    bench.writer = SearchLinesHandler(bench.step)
    office.pass_time(1)
    bench.work()
    assert bench.looks == 2
