"""Keeps a handful of sends going at once until nothing is due."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from typing import Protocol

import sqlalchemy as sa

from bot.delivery.attempts import Outcome, Ways, attempt
from bot.delivery.claims import Claim, Claimed, claim_due
from bot.delivery.settlement import Ledger, settle_orphans
from bot.failpoints import failpoint
from bot.storage.accounts import restart_accounts
from bot.storage.engine import Database
from bot.storage.outbox import find_due, find_orphans
from bot.storage.transactions import retry_races
from config.rules import CaptureRules

AT_ONCE = 8
"""How many sends one worker keeps going; they wait for the network, not for each other."""
SHIFT = timedelta(seconds=20)
"""How long one job works before it makes room: less than a stopping worker is given."""
_ORPHANS_AT_ONCE = 100

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
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._rules = rules
        self._ways = ways
        self._clock = clock
        self.is_stopping = False
        self._has_started = False

    def stop(self) -> None:
        """Begin nothing new; what is under way is finished."""
        self.is_stopping = True

    def work(self) -> int:
        """Do what is due, until nothing is or the shift is over; returns how many were tried."""
        end = self._clock() + SHIFT
        done = 0
        under_way: dict[Future[Outcome], Claim] = {}
        self._start()
        self._settle_orphans()
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="courier") as threads:
            while True:
                may_begin = not self.is_stopping and self._clock() < end
                claimed = self._claim(AT_ONCE - len(under_way)) if may_begin else Claimed()
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

    def _claim(self, limit: int) -> Claimed:
        if not limit or not self._is_any(find_due):
            return Claimed()
        claimed = retry_races(
            self._database,
            lambda connection: claim_due(connection, self._rules(), self._clock(), limit),
        )
        failpoint("worker.after_claim")
        return claimed

    def _settle(self, results: list[tuple[Claim, Outcome]]) -> None:
        failpoint("worker.before_settle")
        retry_races(
            self._database,
            lambda connection: Ledger(
                connection, self._rules(), self._ways.fingerprints, self._clock()
            ).settle_all(results),
        )
        failpoint("worker.after_settle")

    def _settle_orphans(self) -> None:
        if not self._is_any(find_orphans):
            return
        retry_races(
            self._database,
            lambda connection: settle_orphans(connection, self._clock(), _ORPHANS_AT_ONCE),
        )

    def _is_any(self, find: _Find) -> bool:
        """Look before asking for the right to write: nothing due must cost next to nothing."""
        with self._database.read() as connection:
            return bool(find(connection, self._clock(), 1))
