"""Rings for what is due or was left behind, and clears away; any number of clocks may run."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.core.model import OutboxId
from bot.failpoints import failpoint
from bot.ports import Doorbell
from bot.storage.engine import Database
from bot.storage.errands import find_errands, find_lost_errands
from bot.storage.outbox.due import find_due, find_orphans, next_due
from bot.storage.outbox.settled import KEPT, clear, look_through
from bot.storage.transactions import read, retry_races

BEAT = timedelta(seconds=1)
_SHORTEST = timedelta(seconds=0.05)  # where much falls due in turn, it is rung for together
_A_HANDFUL = 16
"""So much a worker is rung for once: it takes all that is due anyway, and wakes when it is."""
_MOST_RINGS = 8
_CLEARED_AT_ONCE = 200
_CLEARS_AGAIN = timedelta(minutes=1)
_log = logging.getLogger(__name__)


class Clock:
    """Looks into the outbox every second, or just when the next row falls due."""

    def __init__(
        self, database: Database, doorbell: Doorbell, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._doorbell = doorbell
        self._clock = clock
        self._cleared_up_to = OutboxId(0)
        self._clears_at: datetime | None = None

    def run(self, stopping: threading.Event) -> None:
        """Tick until told to stop; a database that is away is tried again with the next beat."""
        while not stopping.is_set():
            try:
                pause = self.tick()
                self.clear()
            except Exception:  # noqa: BLE001 - the clock must go on ticking
                _log.exception("clock could not look into the outbox")
                pause = BEAT
            stopping.wait(pause.total_seconds())

    def tick(self) -> timedelta:
        """Ring for what is due now; returns how long to sleep."""
        now = self._clock()
        with self._database.read() as connection:
            due = find_due(connection, now, _MOST_RINGS * _A_HANDFUL)
            ids = due[::_A_HANDFUL] + find_orphans(connection, now, 1)
            ids += find_errands(connection, now, 1) + find_lost_errands(connection, now, 1)
            then = next_due(connection, now)
        if ids:
            failpoint("clock.before_ring")
        self._doorbell.ring(*ids)
        return max(min(then - now, BEAT), _SHORTEST) if then else BEAT

    def clear(self) -> bool:
        """Delete a little of what was settled long ago; True: there may be more."""
        now = self._clock()
        if self._clears_at is not None and now < self._clears_at:
            return False
        after, before = self._cleared_up_to, now - KEPT
        found = read(
            self._database, lambda held: look_through(held, after, before, _CLEARED_AT_ONCE)
        )
        if found is None:
            self._clears_at = now + _CLEARS_AGAIN
            return False
        if found.settled:
            retry_races(self._database, lambda held: clear(held, found.settled, before))
        self._cleared_up_to = found.last
        return True
