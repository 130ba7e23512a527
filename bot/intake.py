"""Takes what channels report and answers only when it is in the database.

Requests that come while a commit runs share the next one. PostgreSQL works on one group while the
next is decided on; what one visitor does stays in its order. A group that the database refuses is
halved until what can't be stored stands alone: that becomes a dead letter, and the rest lives.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from bot.core.arrivals import Arrival, Fault, Taken
from bot.core.model import Place
from bot.failpoints import failpoint
from bot.hints import Hint
from bot.ports import Doorbell, UnavailableError
from bot.record import record
from bot.storage.engine import Database
from bot.storage.transactions import retry_races
from config.rules import CaptureRules

GROUP_SIZE = 1_000
LANES = 3  # SQLite has one writer
# what waits beside another group before there is one more: each costs as much as five events
_REQUESTS_WORTH_A_GROUP = 30
_EVENTS_WORTH_A_GROUP = 100
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Request:
    channel: str
    arrivals: Sequence[Arrival]
    faults: Sequence[Fault]
    places: frozenset[Place]
    done: asyncio.Future[list[Taken | None]]


@dataclass(slots=True)
class _Stored:
    """What a commit has brought about; `taken` has a place for each arrival, in their order."""

    taken: list[Taken | None] = field(default_factory=list)
    due: list[int] = field(default_factory=list)
    hints: list[Hint] = field(default_factory=list)

    def __add__(self, other: "_Stored") -> "_Stored":
        return _Stored(self.taken + other.taken, self.due + other.due, self.hints + other.hints)


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
        self._waiting_events = 0
        self._held: set[Place] = set()
        self._most_lanes = LANES if database.is_postgresql else 1
        self._writers = ThreadPoolExecutor(self._most_lanes, thread_name_prefix="intake")
        self._lanes: set[asyncio.Task[None]] = set()

    async def receive(
        self, channel: str, arrivals: Sequence[Arrival], faults: Sequence[Fault] = ()
    ) -> list[Taken | None]:
        """Return when everything is committed; raises UnavailableError if it can't be now.

        For each arrival: what became of it, or None if it was known or can't be stored.
        """
        if not arrivals and not faults:
            return []
        done: asyncio.Future[list[Taken | None]] = asyncio.get_running_loop().create_future()
        places = frozenset(arrival.place for arrival in arrivals)
        self._waiting.append(_Request(channel, arrivals, faults, places, done))
        self._waiting_events += len(arrivals)
        if len(self._lanes) < self._most_lanes and self._is_worth_a_group():
            self._lanes.add(asyncio.create_task(self._run_lane()))
        return await done

    async def close(self) -> None:
        """Finish what was accepted."""
        while self._lanes:
            await asyncio.wait(self._lanes)
        self._writers.shutdown()

    async def _run_lane(self) -> None:
        try:
            await self._drain()
        finally:
            # at once, lest somebody who comes now relies on a lane that has looked already
            self._lanes -= {asyncio.current_task()}

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        while group := self._next_group():
            places = frozenset[Place]().union(*(request.places for request in group))
            self._held |= places
            try:
                stored = await loop.run_in_executor(self._writers, self._commit, group)
            except UnavailableError as error:
                _fail(group, error)
            except Exception as error:  # noqa: BLE001 - no caller is left without an answer
                _log.exception("group could not be stored")
                _fail(group, UnavailableError(str(type(error))))
            else:
                _finish(group, stored.taken)
                self._doorbell.hint(*stored.hints)
                self._doorbell.ring(*stored.due)
            finally:
                self._held -= places

    def _is_worth_a_group(self) -> bool:
        return (
            not self._held
            or len(self._waiting) >= _REQUESTS_WORTH_A_GROUP
            or self._waiting_events >= _EVENTS_WORTH_A_GROUP
        )

    def _next_group(self) -> list[_Request]:
        """Take what may go now; whoever has something under way waits until it is stored."""
        group: list[_Request] = []
        if not self._is_worth_a_group():
            return group  # the other lane takes it when it comes back
        size, blocked, staying = 0, set(self._held), list[_Request]()
        while self._waiting and (not group or size + len(self._waiting[0].arrivals) <= GROUP_SIZE):
            request = self._waiting.popleft()
            if request.places.isdisjoint(blocked):
                group.append(request)
                size += len(request.arrivals)
            else:
                blocked |= request.places
                staying.append(request)
        self._waiting.extendleft(reversed(staying))
        self._waiting_events -= size
        return group

    def _commit(self, group: list[_Request]) -> _Stored:
        arrivals = [arrival for request in group for arrival in request.arrivals]
        faults = [(request.channel, fault) for request in group for fault in request.faults]
        stored = _Stored()
        for start in range(0, max(len(arrivals), 1), GROUP_SIZE):
            stored += self._store(arrivals[start : start + GROUP_SIZE], faults)
            faults = []
        return stored

    def _store(self, arrivals: list[Arrival], faults: list[tuple[str, Fault]]) -> _Stored:
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
            buried = self._write([], faults + [_bury(arrival, error) for arrival in arrivals])
            return _Stored([None] * len(arrivals)) + buried

    def _write(self, arrivals: list[Arrival], faults: list[tuple[str, Fault]]) -> _Stored:
        stored = retry_races(
            self._database, lambda connection: self._save(connection, arrivals, faults)
        )
        failpoint("intake.after_commit")
        return stored

    def _save(
        self, connection: sa.Connection, arrivals: list[Arrival], faults: list[tuple[str, Fault]]
    ) -> _Stored:
        decided = record(connection, arrivals, self._rules(), self._clock())
        for channel, fault in faults:
            decided.batch.add_fault(channel, fault)
        failpoint("intake.before_commit")
        due = decided.save(last=True)
        return _Stored(decided.taken, due, decided.batch.hints())


def _finish(group: list[_Request], taken: list[Taken | None]) -> None:
    start = 0
    for request in group:
        end = start + len(request.arrivals)
        if not request.done.done():  # else the caller has hung up; it is stored all the same
            request.done.set_result(taken[start:end])
        start = end


def _fail(group: list[_Request], error: Exception) -> None:
    for request in group:
        if not request.done.done():
            request.done.set_exception(error)


def _bury(arrival: Arrival, error: Exception) -> tuple[str, Fault]:
    reason = f"could not be stored ({type(error).__name__})"
    return arrival.place.channel, Fault(arrival.raw, reason, arrival.place.account)
