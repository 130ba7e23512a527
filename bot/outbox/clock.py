"""Rings for what is due or was left behind; any number of clocks may run."""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.core.model import OutboxId
from bot.outbox.holding import UNKNOWN_KIND, WAITS
from bot.ports.doorbell import Doorbell
from bot.ports.errors import UnavailableError
from bot.runtime.failpoints import failpoint
from bot.runtime.outages import Outage
from bot.storage.database.engine import Database
from bot.storage.database.transactions import read, retry_races
from bot.storage.outbox.due import (
    Queue,
    find_due,
    find_left_behind,
    find_unknown,
    next_due,
    put_off,
)

BEAT = timedelta(seconds=1)
_SHORTEST = timedelta(seconds=0.05)  # where much falls due in turn, it is rung for together
_A_HANDFUL = 16
"""So much a worker is rung for once: it takes all that is due anyway, and wakes when it is."""
_MOST_RINGS = 8
_AT_ONCE = 200
_LOOKS_AGAIN = timedelta(minutes=1)
_log = logging.getLogger(__name__)


class Clock:
    """Looks into the outbox every second, or just when the next row falls due."""

    def __init__(
        self,
        database: Database,
        doorbell: Doorbell,
        clock: Callable[[], datetime],
        queues: Sequence[Queue],
    ) -> None:
        self._database = database
        self._doorbell = doorbell
        self._clock = clock
        self._queues = queues
        self._kinds = [kind for queue in queues for kind in queue.kinds]
        self._looks_at: datetime | None = None
        self._trouble = Outage("the clock")

    def run(self, stopping: threading.Event) -> None:
        """Tick until told to stop; a database that is away is tried again with the next beat."""
        while not stopping.is_set():
            try:
                pause = self.tick()
                self.put_off_unknown()
            except UnavailableError:  # told when it began
                pause = BEAT
            except Exception as error:  # noqa: BLE001 - the clock must go on ticking
                self._trouble.note("a fault of ours", error)
                pause = BEAT
            else:
                self._trouble.end()
            stopping.wait(pause.total_seconds())

    def tick(self) -> timedelta:
        """Ring for what is due now; returns how long to sleep."""
        now = self._clock()
        ids, then = read(self._database, lambda held: self._look(held, now))
        if ids:
            failpoint("clock.before_ring")
        self._doorbell.ring(*ids)
        return max(min(then - now, BEAT), _SHORTEST) if then else BEAT

    def _look(
        self, connection: sa.Connection, now: datetime
    ) -> tuple[list[OutboxId], datetime | None]:
        ids = find_left_behind(connection, self._kinds, now, 1)
        for queue in self._queues:
            ids += find_due(connection, queue, now, _MOST_RINGS * _A_HANDFUL)[::_A_HANDFUL]
        return ids, next_due(connection, now)

    def put_off_unknown(self) -> None:
        """Let what only a newer version can do wait for it: it is neither looked at nor lost."""
        now = self._clock()
        if self._looks_at is not None and now < self._looks_at:
            return
        self._looks_at = now + _LOOKS_AGAIN
        if ids := read(self._database, lambda held: find_unknown(held, now, _AT_ONCE)):
            _log.warning("work of an unknown kind waits for another version")
            until = now + WAITS
            retry_races(self._database, lambda held: put_off(held, ids, until, UNKNOWN_KIND))
