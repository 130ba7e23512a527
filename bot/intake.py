"""Takes what channels report and answers only when it is in the database.

Requests that come while a commit runs share the next one. A group that the database refuses is
halved until what can't be stored stands alone: that becomes a dead letter, and the rest lives.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.core.arrivals import Arrival, Fault
from bot.failpoints import failpoint
from bot.ports import Doorbell, UnavailableError
from bot.record import record
from bot.storage.engine import Database
from bot.storage.transactions import retry_races
from config.rules import CaptureRules

GROUP_SIZE = 1_000
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Request:
    channel: str
    arrivals: Sequence[Arrival]
    faults: Sequence[Fault]
    done: asyncio.Future[None]


class Intake:
    """The one door for everything that visitors do, in one web process."""

    def __init__(
        self,
        database: Database,
        rules: Callable[[], CaptureRules],
        doorbell: Doorbell,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._rules = rules
        self._doorbell = doorbell
        self._clock = clock
        self._waiting: deque[_Request] = deque()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="intake")
        self._task: asyncio.Task[None] | None = None

    async def receive(
        self, channel: str, arrivals: Sequence[Arrival], faults: Sequence[Fault] = ()
    ) -> None:
        """Return when everything is committed; raises UnavailableError if it can't be now."""
        if not arrivals and not faults:
            return
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Request(channel, arrivals, faults, done))
        if self._task is None:
            self._task = asyncio.create_task(self._drain())
        await done

    async def close(self) -> None:
        """Finish what was accepted."""
        if self._task:
            await self._task
        self._writer.shutdown()

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                group = self._next_group()
                try:
                    due = await loop.run_in_executor(self._writer, self._commit, group)
                except UnavailableError as error:
                    _finish(group, error)
                except Exception as error:  # noqa: BLE001 - no caller is left without an answer
                    _log.exception("group could not be stored")
                    _finish(group, UnavailableError(str(type(error))))
                else:
                    _finish(group, None)
                    self._doorbell.ring(*due)
        finally:
            self._task = None

    def _next_group(self) -> list[_Request]:
        group = [self._waiting.popleft()]
        size = len(group[0].arrivals)
        while self._waiting and size + len(self._waiting[0].arrivals) <= GROUP_SIZE:
            group.append(self._waiting.popleft())
            size += len(group[-1].arrivals)
        return group

    def _commit(self, group: list[_Request]) -> list[int]:
        arrivals = [arrival for request in group for arrival in request.arrivals]
        faults = [(request.channel, fault) for request in group for fault in request.faults]
        due: list[int] = []
        for start in range(0, max(len(arrivals), 1), GROUP_SIZE):
            due += self._store(arrivals[start : start + GROUP_SIZE], faults)
            faults = []
        return due

    def _store(self, arrivals: list[Arrival], faults: list[tuple[str, Fault]]) -> list[int]:
        """Store a group, or halve it until what can't be stored stands alone."""
        try:
            return self._write(arrivals, faults)
        except UnavailableError:
            raise
        except Exception as error:  # noqa: BLE001 - one event must not hurt the others
            if len(arrivals) > 1:
                half = len(arrivals) // 2
                return self._store(arrivals[:half], faults) + self._store(arrivals[half:], [])
            _log.exception("event could not be stored")
            return self._write([], faults + [_bury(arrival, error) for arrival in arrivals])

    def _write(self, arrivals: list[Arrival], faults: list[tuple[str, Fault]]) -> list[int]:
        due = retry_races(
            self._database, lambda connection: self._save(connection, arrivals, faults)
        )
        failpoint("intake.after_commit")
        return due

    def _save(
        self, connection: sa.Connection, arrivals: list[Arrival], faults: list[tuple[str, Fault]]
    ) -> list[int]:
        batch = record(connection, arrivals, self._rules(), self._clock())
        for channel, fault in faults:
            batch.add_fault(channel, fault)
        due = batch.save()
        failpoint("intake.before_commit")
        return due


def _finish(group: list[_Request], error: Exception | None) -> None:
    for request in group:
        if request.done.done():
            continue  # the caller has hung up; what it sent is stored all the same
        if error:
            request.done.set_exception(error)
        else:
            request.done.set_result(None)


def _bury(arrival: Arrival, error: Exception) -> tuple[str, Fault]:
    reason = f"could not be stored ({type(error).__name__})"
    return arrival.place.channel, Fault(arrival.raw, reason, arrival.place.account)
