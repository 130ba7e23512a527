"""Does the work of one lane: keeps many attempts going at once until nothing is due."""

import logging
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import timedelta

import sqlalchemy as sa

from bot.outbox.attempts import attempt
from bot.outbox.claiming import AnyJob, Claiming, TakenJobs
from bot.outbox.contract import Engine, LanePlan, Outcome
from bot.outbox.settling import Result, Settling
from bot.ports.errors import UnavailableError
from bot.runtime.failpoints import failpoint
from bot.storage.database.transactions import retry_races
from bot.storage.outbox.accounts import restart_accounts
from bot.storage.outbox.rows import keep_recurring

SHIFT = timedelta(seconds=20)
"""How long it works before it makes room: less than a stopping worker is given."""
_GLANCE = 0.2  # seconds: what takes long must not hide what falls due meanwhile
_A_MOMENT = 0.02  # seconds, for which another worker holds a visitor
_log = logging.getLogger(__name__)


class Lane:
    """A lane of the outbox in one worker process."""

    def __init__(self, engine: Engine, plan: LanePlan) -> None:
        self._engine = engine
        self._plan = plan
        self.name = plan.name
        self._settling = Settling(engine, plan)
        self._has_started = False
        self.is_stopping = False
        # kept from shift to shift, as are the threads' connections
        self._threads = ThreadPoolExecutor(plan.at_once, thread_name_prefix=plan.name)

    def stop(self) -> None:
        """Begin nothing new; what is under way is finished, or broken off where it may be."""
        self.is_stopping = True
        for handler in self._plan.handlers.values():
            handler.break_off()

    def close(self) -> None:
        """Let go of what the handlers keep open."""
        for handler in self._plan.handlers.values():
            handler.close()

    def work(self) -> int:
        """Do what is due, until nothing is or the shift is over; returns how much was tried."""
        under_way: dict[Future[Outcome], AnyJob] = {}
        self._start()
        self._settling.recover()
        try:
            return self._drain(under_way)
        finally:
            wait(under_way)

    def _drain(self, under_way: dict[Future[Outcome], AnyJob]) -> int:
        end = time.monotonic() + SHIFT.total_seconds()  # the wall clock may be set
        done = 0
        while True:
            may_begin = not self.is_stopping and time.monotonic() < end
            taken = self._take(list(under_way.values())) if may_begin else TakenJobs()
            for job in taken.jobs:
                under_way[self._submit(job)] = job
            if under_way:
                has_room = may_begin and len(under_way) < self._plan.at_once
                patience = _GLANCE if has_room else None
                finished, _ = wait(under_way, patience, return_when=FIRST_COMPLETED)
                self._settle([(under_way.pop(each), each.result()) for each in finished])
                done += len(finished)
            elif not taken.found:
                return done
            elif not taken.moved:
                time.sleep(_A_MOMENT)

    def _start(self) -> None:
        if not self._has_started:
            retry_races(self._engine.database, self._prepare)
            self._has_started = True

    def _prepare(self, connection: sa.Connection) -> None:
        now = self._engine.clock()
        restart_accounts(connection, self._plan.fingerprints, now)
        for handler in self._plan.handlers.values():
            handler.begin(connection, now)
        recurring = [kind for kind, one in self._plan.handlers.items() if one.retry.every]
        if recurring:
            keep_recurring(connection, recurring, now)

    def _take(self, under_way: Sequence[AnyJob]) -> TakenJobs:
        claiming = Claiming(
            self._engine, self._plan, self._plan.at_once - len(under_way), under_way
        )
        try:
            taken = claiming.take()
        except UnavailableError:
            if not under_way and not claiming.taken.jobs:
                raise
            taken = claiming.taken  # what is under way must be settled
        if taken.found:
            failpoint(f"{self._plan.name}.after_claim")
        self._engine.doorbell.hint(*taken.hints)
        return taken

    def _submit(self, job: AnyJob) -> Future[Outcome]:
        handler = self._plan.handlers[job.row.kind]
        return self._threads.submit(attempt, handler, job, self._engine.database, self._plan.name)

    def _settle(self, results: Sequence[Result]) -> None:
        if results:
            failpoint(f"{self._plan.name}.before_settle")
            self._settling.settle(results)
            failpoint(f"{self._plan.name}.after_settle")
