"""Rows that come round by themselves: never given up, and done by one worker at a time."""

from collections.abc import Iterator, Sequence

import pytest

from bot.notifications.watching import AccountSight
from bot.outbox.contract import Handler
from bot.outbox.handlers.channel_watch import ChannelWatchHandler
from bot.ports.errors import Cause, OutcomeUnknownError, SendError, UndeliverableError
from tests.bot.outbox.recurring import RecurringBench, RecurringConformance
from tests.office import Office


class WatchBench(RecurringBench):
    """Channels are looked at."""

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self.looks = 0
        self.errors: Iterator[Exception] = iter(())

    @property
    def handler(self) -> Handler[None]:
        return ChannelWatchHandler(self.look)

    def look(self) -> Sequence[AccountSight]:
        self.looks += 1
        for error in self.errors:
            raise error
        return ()

    def done(self) -> int:
        return self.looks


class TestChannelWatch(RecurringConformance):
    """Every quarter of an hour."""

    workbench = WatchBench


@pytest.mark.parametrize(
    "error",
    [
        SendError("Not now."),
        UndeliverableError("Never.", Cause.REJECTED),
        OutcomeUnknownError("Perhaps."),
        ZeroDivisionError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_whatever_happens_it_comes_round(office: Office, error: Exception) -> None:
    bench = WatchBench(office)
    bench.errors = iter([error] * 30)
    lane = bench.lane()
    for _ in range(31):
        lane.work()
        bench.pass_interval()
    assert bench.looks == 31
    assert bench.row["state"] == "pending"
