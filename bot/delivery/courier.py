"""Keeps a handful of sends going at once until nothing is due."""

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from typing import Protocol

import sqlalchemy as sa

from bot.delivery.attempts import Outcome, Ways, attempt
from bot.delivery.claims import Claim, Claimed, claim_due
from bot.delivery.settlement import Ledger, settle_orphans
from bot.failpoints import failpoint
from bot.hints import Hint
from bot.ports import Doorbell, UnavailableError
from bot.storage.accounts import restart_accounts
from bot.storage.engine import Database
from bot.storage.outbox import find_due, find_orphans
from bot.storage.transactions import read, retry_races
from config.rules import CaptureRules

AT_ONCE = 8
"""How many sends one worker keeps going; they wait for the network, not for each other."""
SHIFT = timedelta(seconds=20)
"""How long one job works before it makes room: less than a stopping worker is given."""
_ORPHANS_AT_ONCE = 100
_PAUSES = (0.1, 0.5, 1, 2, 5, 5, 5)  # seconds: more would be too late for the leases

_log = logging.getLogger(__name__)


class _Find(Protocol):
    def __call__(self, connection: sa.Connection, now: datetime, limit: int) -> Sequence[int]: ...


class Courier:
    """Does the outbox's work: one for each worker process."""

    def __init__(
        self,
        database: Database,
        rules: Callable[[], CaptureRules],
        ways: Ways,
        doorbell: Doorbell,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._rules = rules
        self._ways = ways
        self._doorbell = doorbell
        self._clock = clock
        self.is_stopping = False
        self._has_started = False

    def stop(self) -> None:
        """Begin nothing new; what is under way is finished."""
        self.is_stopping = True

    def work(self) -> int:
        """Do what is due, until nothing is or the shift is over; returns how many were tried."""
        end = time.monotonic() + SHIFT.total_seconds()  # the wall clock may be set
        done = 0
        under_way: dict[Future[Outcome], Claim] = {}
        self._start()
        self._settle_orphans()
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="courier") as threads:
            while True:
                may_begin = not self.is_stopping and time.monotonic() < end
                claimed = self._claim(len(under_way)) if may_begin else Claimed()
                for claim in claimed.claims:
                    under_way[threads.submit(attempt, claim, self._ways)] = claim
                if under_way:
                    finished, _ = wait(under_way, return_when=FIRST_COMPLETED)
                    self._settle([(under_way.pop(each), each.result()) for each in finished])
                    done += len(finished)
                elif not claimed.found:
                    return done

    def _start(self) -> None:
        if not self._has_started:
            with self._database.write() as connection:
                restart_accounts(connection, self._ways.fingerprints, self._clock())
            self._has_started = True

    def _claim(self, under_way: int) -> Claimed:
        try:
            return self._claim_some(AT_ONCE - under_way)
        except UnavailableError:
            if not under_way:
                raise
            return Claimed()  # what is under way must be settled

    def _claim_some(self, limit: int) -> Claimed:
        if not limit or not self._is_any(find_due):
            return Claimed()
        claimed = retry_races(
            self._database,
            lambda connection: claim_due(connection, self._rules(), self._clock(), limit),
        )
        failpoint("worker.after_claim")
        self._doorbell.hint(*claimed.hints)
        return claimed

    def _settle(self, results: list[tuple[Claim, Outcome]]) -> None:
        failpoint("worker.before_settle")

        def write(connection: sa.Connection) -> list[Hint]:
            ledger = Ledger(connection, self._rules(), self._ways.fingerprints, self._clock())
            ledger.settle_all(results)
            return ledger.hints()

        self._doorbell.hint(*self._insist(write))
        failpoint("worker.after_settle")

    def _insist(self, write: Callable[[sa.Connection], list[Hint]]) -> list[Hint]:
        """Wait for a database that is away: what is known now would soon count as unknown."""
        for pause in _PAUSES:
            try:
                return retry_races(self._database, write)
            except UnavailableError:
                time.sleep(pause)
        return retry_races(self._database, write)

    def _settle_orphans(self) -> None:
        if not self._is_any(find_orphans):
            return
        retry_races(
            self._database,
            lambda connection: settle_orphans(connection, self._clock(), _ORPHANS_AT_ONCE),
        )

    def _is_any(self, find: _Find) -> bool:
        """Look before asking for the right to write: nothing due must cost next to nothing."""
        return bool(read(self._database, lambda found: find(found, self._clock(), 1)))
