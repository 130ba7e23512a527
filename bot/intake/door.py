"""Takes what channels report and answers only when it is in the database.

Requests that come while a commit runs share the next one. PostgreSQL works on one group while the
next is decided on; what one visitor does stays in its order, and nobody waits for somebody else
whose row another transaction holds.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from bot.core.arrivals import Arrival, Fault, Taken
from bot.intake.lookup import keys_of
from bot.intake.store import Store, Stored
from bot.intake.waiting import Group, Request, WaitingQueue, fits_a_group, portions, size_of
from bot.ports.doorbell import Doorbell
from bot.ports.errors import HeldError, UnavailableError
from bot.runtime.outages import Outage
from bot.storage.database.engine import Database
from config.rules import CaptureRules

LANES = 3
MOST_LANES = 6
"""With those beside lanes that are held up."""
_SOON = 0.1  # seconds, after which a group is late
_LOOKS_AGAIN = 0.1  # seconds, for which another transaction is left its rows
_PATIENCE = 4.0  # seconds: who sent it waits for five


class Intake:
    """The one door for everything that visitors do, in one web process."""

    def __init__(
        self,
        database: Database,
        rules: Callable[[], CaptureRules],
        doorbell: Doorbell,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = Store(database, rules, clock)
        self._doorbell = doorbell
        self._queue = WaitingQueue()
        # SQLite has one writer
        self._lanes_usual, self._lanes_most = (
            (LANES, MOST_LANES) if database.is_postgresql else (1, 1)
        )
        # few threads go from hand to hand faster: the others are for what is held up
        self._threads = ThreadPoolExecutor(LANES, thread_name_prefix="intake")
        self._spare_threads = ThreadPoolExecutor(MOST_LANES - LANES + 1, thread_name_prefix="spare")
        self._lanes: set[asyncio.Task[None]] = set()
        self._under_way: set[Group] = set()
        self._late: set[Group] = set()
        """Which have been under way for so long that others need not wait for them."""
        self._timer: asyncio.TimerHandle | None = None
        self._held: list[Request] = []
        self._waiter: asyncio.Task[None] | None = None
        self._trouble = Outage("intake")

    async def receive(
        self, channel: str, arrivals: Sequence[Arrival], faults: Sequence[Fault] = ()
    ) -> list[Taken | None]:
        """Return when everything is committed; raises UnavailableError if it can't be now.

        For each arrival: what became of it, or None if it was known or can't be stored.
        """
        if not arrivals and not faults:
            return []
        size = size_of(arrivals)
        if fits_a_group(len(arrivals), size):
            return await self._receive(channel, arrivals, faults, size)
        return await self._receive_parts(channel, portions(arrivals), faults)

    async def close(self) -> None:
        """Finish what was accepted."""
        while tasks := self._lanes | ({self._waiter} if self._waiter else set()):
            await asyncio.wait(tasks)
        self._threads.shutdown()
        self._spare_threads.shutdown()

    async def _receive_parts(
        self,
        channel: str,
        parts: Iterable[tuple[Sequence[Arrival], int]],
        faults: Sequence[Fault],
    ) -> list[Taken | None]:
        """Take in what is too much for a group; part after part, so that others come between.

        The faults go with the last part: nothing tells them from those of a repetition.
        """
        taken: list[Taken | None] = []
        *first, (last, last_size) = parts
        for part, size in first:
            taken += await self._receive(channel, part, (), size)
        return taken + await self._receive(channel, last, faults, last_size)

    def _receive(
        self, channel: str, arrivals: Sequence[Arrival], faults: Sequence[Fault], size: int
    ) -> asyncio.Future[list[Taken | None]]:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[list[Taken | None]] = loop.create_future()
        deadline = loop.time() + _PATIENCE
        places = keys_of(arrivals)
        self._queue.add(Request(channel, arrivals, faults, places, size, deadline, done))
        self._open_lane()
        return done

    def _open_lane(self) -> None:
        lanes = len(self._lanes)
        if lanes >= min(self._lanes_most, self._lanes_usual + len(self._late)):
            return
        if self._is_worth_a_group():
            self._lanes.add(asyncio.create_task(self._run_lane()))

    def _is_worth_a_group(self) -> bool:
        comes_back_soon = len(self._late) < len(self._under_way)
        return not comes_back_soon or self._queue.is_worth_a_group()

    async def _run_lane(self) -> None:
        try:
            # a lane that finds nothing worth it leaves that to the other one, when it comes back
            while self._is_worth_a_group() and (group := self._queue.take_group()).requests:
                await self._take(group)
        finally:
            # at once, lest somebody who comes now relies on a lane that has looked already
            self._lanes -= {asyncio.current_task()}

    async def _take(self, group: Group) -> None:
        loop = asyncio.get_running_loop()
        group.late_at = loop.time() + _SOON
        self._under_way.add(group)
        if self._timer is None:
            self._timer = loop.call_later(_SOON, self._look_for_late)
        held: list[Request] = []
        try:
            threads = self._threads if len(self._under_way) <= LANES else self._spare_threads
            stored = await loop.run_in_executor(threads, self._store.take, group.requests)
        except UnavailableError as error:
            self._refuse(group, error)
        except Exception as error:  # noqa: BLE001 - no caller is left without an answer
            self._trouble.note("a fault of ours", error)
            self._refuse(group, UnavailableError(f"a fault of ours: {type(error).__name__}"))
        else:
            self._answer(stored)
            held = stored.held
        finally:
            self._under_way.discard(group)
            self._late.discard(group)
            self._queue.release(set(group.requests).difference(held) if held else group.requests)
        self._keep_held(held)

    def _refuse(self, group: Group, error: UnavailableError) -> None:
        # who has waited for a database that does not answer need not find that out once more
        waiting = self._queue.take_all() if group in self._late else []
        _fail([*group.requests, *waiting], error)

    def _look_for_late(self) -> None:
        """Let others go beside groups that are held up; one timer does for all."""
        loop = asyncio.get_running_loop()
        self._late |= {group for group in self._under_way if group.late_at <= loop.time()}
        awaited = [group.late_at for group in self._under_way - self._late]
        self._timer = loop.call_at(min(awaited), self._look_for_late) if awaited else None
        self._open_lane()

    def _answer(self, stored: Stored) -> None:
        self._trouble.end()
        for request, taken in stored.answers:
            if not request.done.done():  # else the caller has hung up; it is stored all the same
                request.done.set_result(taken)
        self._doorbell.hint(*stored.hints)
        self._doorbell.ring(*stored.due)

    def _keep_held(self, requests: Sequence[Request]) -> None:
        self._held += requests
        if self._held and self._waiter is None:
            self._waiter = asyncio.create_task(self._wait_for_held())

    async def _wait_for_held(self) -> None:
        """Put back what is free again, and give up what is held for too long."""
        try:
            while self._held:
                await asyncio.sleep(_LOOKS_AGAIN)
                await self._look_after_held()
        finally:
            self._waiter = None

    async def _look_after_held(self) -> None:
        loop = asyncio.get_running_loop()
        places = {place for request in self._held for place in request.places}
        try:
            threads = self._spare_threads
            still = await loop.run_in_executor(threads, self._store.find_held, places)
        except Exception as error:  # noqa: BLE001 - no caller is left without an answer
            self._give_up(self._held, UnavailableError(str(error)))
            return
        free = [request for request in self._held if request.places.isdisjoint(still)]
        self._queue.put_back(free)
        self._held = [request for request in self._held if request not in set(free)]
        late = [request for request in self._held if request.deadline < loop.time()]
        late += self._queue.take_late(loop.time(), places)
        self._give_up(late, HeldError("another transaction holds a row"))

    def _give_up(self, requests: Sequence[Request], error: UnavailableError) -> None:
        given_up = set(requests)
        self._queue.release(given_up.intersection(self._held))
        self._held = [request for request in self._held if request not in given_up]
        _fail(given_up, error)
        self._open_lane()


def _fail(requests: Iterable[Request], error: UnavailableError) -> None:
    for request in requests:
        if not request.done.done():
            # one for each: whoever raises it again adds to its traceback
            request.done.set_exception(type(error)(*error.args))
