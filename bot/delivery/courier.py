"""Keeps many sends going at once until nothing is due."""

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

import sqlalchemy as sa

from bot.core.model import OutboxId
from bot.delivery.attempts import Outcome, Ways, attempt
from bot.delivery.claims import QUEUES, Claim, Claimed, DueRows, claim
from bot.delivery.faults import put_off
from bot.delivery.settlement import Ledger, settle_orphans
from bot.failpoints import failpoint
from bot.hints import Hint
from bot.ports import Doorbell, UnavailableError
from bot.storage.engine import Database
from bot.storage.outbox.accounts import restart_accounts
from bot.storage.outbox.due import Queue, find_due, find_left_behind
from bot.storage.transactions import read, retry_races
from config.rules import CaptureRules

AT_ONCE = 32
"""How many sends one worker keeps going; they wait for the network, not for each other."""
SHIFT = timedelta(seconds=20)
"""How long one job works before it makes room: less than a stopping worker is given."""
_LOOK_AHEAD = (
    4 * AT_ONCE
)  # several workers look at once, and the first rows go to the first of them
_GLANCE = 0.2  # seconds: what takes long must not hide what falls due meanwhile
_A_MOMENT = 0.02  # seconds, for which somebody else holds a visitor
_ORPHANS_AT_ONCE = 100
_PAUSES = (0.1, 0.5, 1, 2, 5, 5, 5)  # seconds: more would be too late for the leases

_log = logging.getLogger(__name__)
_Result = TypeVar("_Result")
_Results = Sequence[tuple[Claim, Outcome]]


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
        # kept from job to job, as are the threads' connections to the channels
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="courier")

    def stop(self) -> None:
        """Begin nothing new; what is under way is finished."""
        self.is_stopping = True

    def work(self) -> int:
        """Do what is due, until nothing is or the shift is over; returns how many were tried."""
        under_way: dict[Future[Outcome], Claim] = {}
        self._start()
        self._settle_orphans()
        try:
            return self._drain(under_way)
        finally:
            wait(under_way)

    def _drain(self, under_way: dict[Future[Outcome], Claim]) -> int:
        end = time.monotonic() + SHIFT.total_seconds()  # the wall clock may be set
        done = 0
        while True:
            may_begin = not self.is_stopping and time.monotonic() < end
            claimed = self._claim(len(under_way)) if may_begin else Claimed()
            for each in claimed.claims:
                under_way[self._threads.submit(attempt, each, self._ways)] = each
            if under_way:
                has_room = may_begin and len(under_way) < AT_ONCE
                patience = _GLANCE if has_room else None
                finished, _ = wait(under_way, patience, return_when=FIRST_COMPLETED)
                self._settle([(under_way.pop(each), each.result()) for each in finished])
                done += len(finished)
            elif not claimed.found:
                return done
            elif not claimed.moved:
                time.sleep(_A_MOMENT)

    def _start(self) -> None:
        if not self._has_started:
            retry_races(
                self._database,
                lambda held: restart_accounts(held, self._ways.fingerprints, self._clock()),
            )
            self._has_started = True

    def _claim(self, under_way: int) -> Claimed:
        try:
            return self._claim_some(AT_ONCE - under_way)
        except UnavailableError:
            if not under_way:
                raise
            return Claimed()  # what is under way must be settled

    def _claim_some(self, limit: int) -> Claimed:
        claimed = Claimed()
        for queue in QUEUES:
            room = limit - len(claimed.claims)
            ids = self._look_for(queue) if room else []
            if ids:
                claimed = claimed.and_also(self._take(DueRows(queue, ids, room)))
                failpoint("worker.after_claim")
        self._doorbell.hint(*claimed.hints)
        return claimed

    def _take(self, due: DueRows) -> Claimed:
        """Take what can be taken; a row at which that fails is found and put off."""
        ids = due.ids
        try:
            return retry_races(
                self._database, lambda held: claim(held, due, self._rules(), self._clock())
            )
        except UnavailableError:
            raise
        except Exception:  # noqa: BLE001 - one row must not hurt the others
            if len(ids) == 1:
                _log.exception("row can't be taken", extra={"row": ids[0]})
                retry_races(self._database, lambda held: put_off(held, due, self._clock()))
                return Claimed(found=True, moved=True)
        half = len(ids) // 2
        first = self._take(replace(due, ids=ids[:half]))
        left = due.limit - len(first.claims)
        if not left:
            return first
        return first.and_also(self._take(replace(due, ids=ids[half:], limit=left)))

    def _settle(self, results: _Results) -> None:
        if not results:
            return
        failpoint("worker.before_settle")
        self._doorbell.hint(*self._write_down(results))
        failpoint("worker.after_settle")

    def _write_down(self, results: _Results) -> list[Hint]:
        """Settle what can be settled; where that fails the row's lease will end."""
        try:
            return self._insist(partial(self._write, results))
        except UnavailableError:
            raise
        except Exception:  # noqa: BLE001 - one row must not hurt the others
            if len(results) == 1:
                _log.exception("row can't be settled", extra={"row": results[0][0].id})
                return []
        half = len(results) // 2
        return self._write_down(results[:half]) + self._write_down(results[half:])

    def _write(self, results: _Results, connection: sa.Connection) -> list[Hint]:
        ledger = Ledger(connection, self._rules(), self._ways.fingerprints, self._clock())
        ledger.settle_all(results)
        return ledger.hints()

    def _insist(self, write: Callable[[sa.Connection], _Result]) -> _Result:
        """Wait for a database that is away: what is known now would soon count as unknown."""
        for pause in _PAUSES:
            try:
                return retry_races(self._database, write)
            except UnavailableError:
                time.sleep(pause)
        return retry_races(self._database, write)

    def _settle_orphans(self) -> None:
        kinds = [kind for queue in QUEUES for kind in queue.kinds]
        if read(self._database, lambda found: find_left_behind(found, kinds, self._clock(), 1)):
            retry_races(
                self._database,
                lambda connection: settle_orphans(connection, self._clock(), _ORPHANS_AT_ONCE),
            )

    def _look_for(self, queue: Queue) -> list[OutboxId]:
        """Look before asking for the right to write: nothing due must cost next to nothing."""
        return read(
            self._database, lambda found: find_due(found, queue, self._clock(), _LOOK_AHEAD)
        )
