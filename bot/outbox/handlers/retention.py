"""Retention: what was erased or is not kept any more is deleted by one worker, little by little."""

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from bot.keeping import Keeper
from bot.outbox.contract import Handler, Job
from bot.outbox.holding import Held
from bot.outbox.retrying import Retry, doubling
from bot.storage.outbox.due import LONG_LEASE
from bot.storage.outbox.held import HeldRow
from bot.storage.outbox.rows import Work

EVERY = timedelta(seconds=10)
_WORKS = timedelta(milliseconds=200)
_RESTS = timedelta(milliseconds=800)
"""Between two turns everybody else may write."""
_IN_ALL = timedelta(seconds=30)


@dataclass(frozen=True, eq=False)
class RetentionHandler(Handler[None]):
    """Takes small steps; whoever is killed in between has lost nothing."""

    keeper: Keeper
    _is_stopping: threading.Event = field(default_factory=threading.Event)

    kinds = (Work.RETENTION,)
    retry = Retry(doubling(timedelta(seconds=5), timedelta(minutes=1)), every=EVERY)
    way = None
    lease = LONG_LEASE

    def consider(self, rows: Sequence[HeldRow], held: Held) -> Iterator[Job[None]]:
        """Look for what may go."""
        yield from (Job(row, None) for row in rows if held.may_leave(row))

    def attempt(self, job: Job[None]) -> None:  # noqa: ARG002 - it is the same each time
        """Delete for a while, with rests, until nothing is left that may go."""
        end = time.monotonic() + _IN_ALL.total_seconds()
        while self.keeper.work(_WORKS) and time.monotonic() < end:
            if self._is_stopping.wait(_RESTS.total_seconds()):
                return

    def break_off(self) -> None:
        """Take no further step."""
        self._is_stopping.set()
