"""Does the errands: one for each worker process, beside the courier and never in its way."""

import logging
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime

import sqlalchemy as sa

from bot.errands.jobs import Job, Outcome
from bot.errands.settling import settle, settle_lost
from bot.errands.spreading import SPREAD, Spreader
from bot.errands.taking import TAKEN, Taker, busy
from bot.failpoints import failpoint
from bot.notifications.senders import Ways, attempt
from bot.ports import UnavailableError
from bot.storage.engine import Database
from bot.storage.errands import NewErrand, add_errands
from bot.storage.outbox.due import find_due, find_left_behind
from bot.storage.outbox.rows import Work
from bot.storage.transactions import read, retry_races
from config.notices import NoticeRules

AT_ONCE = 6
"""How many errands are under way at once."""
_SPREAD_AT_ONCE = 50
_log = logging.getLogger(__name__)


class Herald:
    """Spreads announcements, and sends what follows from them, until nothing is due."""

    def __init__(
        self,
        database: Database,
        rules: NoticeRules,
        ways: Ways,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._rules = rules
        self._ways = ways
        self._clock = clock
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._rung = False
        self._watches = False
        self.is_stopping = False

    def ring(self) -> None:
        """Let a thread of our own look for work, unless one does already; returns at once."""
        with self._lock:
            self._rung = True
            if self._thread is None and not self.is_stopping:
                self._thread = threading.Thread(target=self._run, name="herald")
                self._thread.start()

    def stop(self) -> None:
        """Begin nothing new; what is under way is finished."""
        self.is_stopping = True

    def close(self) -> None:
        """Stop, and wait until what is under way is finished."""
        self.stop()
        with self._lock:
            thread = self._thread
        if thread:
            thread.join()
        self._ways.close()

    def work(self) -> int:
        """Do what is due until nothing is; returns how many sends were tried."""
        done = 0
        under_way: dict[Future[Outcome], Job] = {}
        self._order_watch()
        self._settle_lost()
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="errand") as threads:
            while True:
                spread = self._spread()
                found, jobs = self._take(list(under_way.values()))
                for job in jobs:
                    under_way[threads.submit(attempt, job, self._ways)] = job
                if under_way:
                    finished, _ = wait(under_way, return_when=FIRST_COMPLETED)
                    self._settle([(under_way.pop(each), each.result()) for each in finished])
                    done += len(finished)
                elif not spread and not found:
                    return done

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._rung or self.is_stopping:
                    self._thread = None
                    return
                self._rung = False
            try:
                self.work()
            except UnavailableError:  # the log has it already; the clock rings again
                pass
            except Exception:  # noqa: BLE001 - the clock rings again
                _log.exception("errands could not be done")

    def _order_watch(self) -> None:
        """Keep one row that comes round again and again, as long as there is something to see."""
        if self._watches or self._ways.look is None:
            return
        errand = NewErrand(Work.WATCH, "watch", self._clock(), {}, "channels")
        retry_races(self._database, lambda held: add_errands(held, [errand], self._clock()))
        self._watches = True

    def _spread(self) -> bool:
        if self.is_stopping:
            return False
        ids = read(
            self._database,
            lambda found: find_due(found, SPREAD, self._clock(), _SPREAD_AT_ONCE),
        )
        if not ids:
            return False

        def write(connection: sa.Connection) -> None:
            Spreader(connection, self._rules, self._clock()).spread(ids)

        retry_races(self._database, write)
        failpoint("errands.after_spread")
        return True

    def _take(self, under_way: list[Job]) -> tuple[bool, list[Job]]:
        counts = Counter(job.row.target for job in under_way)
        limit = AT_ONCE - len(under_way)
        if self.is_stopping or not limit:
            return False, []
        full = busy(counts)
        if not read(self._database, lambda found: find_due(found, TAKEN, self._clock(), 1, full)):
            return False, []

        def write(connection: sa.Connection) -> tuple[bool, list[Job]]:
            taker = Taker(connection, self._rules, self._clock())
            return taker.take(limit, counts.copy()), taker.jobs

        taken = retry_races(self._database, write)
        failpoint("errands.after_claim")
        return taken

    def _settle(self, results: list[tuple[Job, Outcome]]) -> None:
        failpoint("errands.before_settle")

        def write(connection: sa.Connection) -> None:
            settle(connection, results, self._clock())

        retry_races(self._database, write)
        failpoint("errands.after_settle")

    def _settle_lost(self) -> None:
        if read(
            self._database, lambda found: find_left_behind(found, TAKEN.kinds, self._clock(), 1)
        ):
            retry_races(self._database, lambda connection: settle_lost(connection, self._clock()))
