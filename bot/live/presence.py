"""Which visitors have the chat open just now; kept in Redis, for it is worth nothing later.

Each process tells of those that are connected to it, and spreads a hint when one has come or left.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from datetime import timedelta

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from bot.core.model import ConversationId
from bot.ports.signals import SIGNALS, ChangeSignal, SignalKind, write_signals
from bot.runtime.background import finish, run_beside

PRESENT = "whosthere:present"
TELL_EVERY = timedelta(seconds=4)
STALE = timedelta(seconds=30)
_LOOKS = 4
"""How often it is looked who has come or left, until all are told again."""
_GRACE = 3
"""So many looks later a visitor who went to another page is back."""
_PATIENCE = 1.0  # seconds
_PAUSE = 5.0
_AT_ONCE = 1_000
_NO_TALK = ConversationId(0)
_log = logging.getLogger(__name__)


class Presence:
    """Tells who is connected to this process, and asks who is to any."""

    def __init__(
        self,
        redis_url: str,
        rooms: Callable[[], Collection[int]],
        *,
        tell_every: timedelta = TELL_EVERY,
    ) -> None:
        """Open nothing yet; `rooms` names those that are watched here (`room_of`)."""
        self._redis_url = redis_url
        self._rooms = rooms
        self._tell_every = tell_every.total_seconds()
        self._look_every = self._tell_every / _LOOKS
        self._silent_until = 0.0
        self._told: dict[int, float] = {}
        """Those of whom Redis was told here, and when."""

    async def find(self, rooms: Collection[int]) -> set[int]:
        """Say in which of these rooms somebody is; without Redis, in none.

        Where Redis does not answer, only one in a while waits for it.
        """
        if not rooms or time.monotonic() < self._silent_until:
            return set()
        wanted = sorted(rooms)
        try:
            async with self._open() as client:
                scores = await client.zmscore(PRESENT, [str(room) for room in wanted])
        except (RedisError, OSError, TimeoutError):
            self._silent_until = time.monotonic() + _PAUSE
            return set()
        since = time.time() - STALE.total_seconds()
        return {room for room, at in zip(wanted, scores, strict=True) if at and at >= since}

    def run(self, _app: object = None) -> AsyncIterator[None]:
        """Tell for as long as the generator is held, as aiohttp holds a cleanup context."""
        return run_beside(self._tell_on)

    async def _tell_on(self) -> None:
        look = 0
        while True:
            try:
                await finish(self._look(all_again=look % _LOOKS == 0))
            except (RedisError, OSError, TimeoutError):
                _log.debug("presence is not told: Redis is away")
            await asyncio.sleep(self._look_every)
            look += 1

    async def _look(self, *, all_again: bool) -> None:
        here, now = set(self._rooms()), time.time()
        came = here - self._told.keys()
        left = [room for room in self._told.keys() - here if self._is_over(room, now)]
        told = here if all_again else came
        if not told and not left:
            return
        async with self._open() as client:
            for some in _by_thousands(told):
                await client.zadd(PRESENT, {str(room): now for room in some})
                self._told.update(dict.fromkeys(some, now))
            for some in _by_thousands(came):
                await _spread(client, some, SignalKind.CAME)
            for some in _by_thousands(left):
                await self._let_go(client, some)
            if all_again:
                await client.zremrangebyscore(PRESENT, "-inf", now - STALE.total_seconds())

    def _is_over(self, room: int, now: float) -> bool:
        """Say whether any other process that the visitor is connected to has told it since."""
        return now - self._told[room] > self._tell_every + _GRACE * self._look_every

    async def _let_go(self, client: Redis, rooms: list[int]) -> None:
        scores = await client.zmscore(PRESENT, [str(room) for room in rooms])
        gone = [
            room
            for room, at in zip(rooms, scores, strict=True)
            if at is None or at <= self._told[room]
        ]
        if gone:
            await client.zrem(PRESENT, *map(str, gone))
            await _spread(client, gone, SignalKind.LEFT)
        for room in rooms:
            del self._told[room]

    def _open(self) -> Redis:
        return Redis.from_url(
            self._redis_url,
            socket_connect_timeout=_PATIENCE,
            socket_timeout=_PATIENCE,
            retry=Retry(NoBackoff(), 0),
        )


async def _spread(client: Redis, rooms: list[int], kind: SignalKind) -> None:
    await client.publish(
        SIGNALS, write_signals([ChangeSignal(room, _NO_TALK, kind=kind) for room in rooms])
    )


def _by_thousands(rooms: Iterable[int]) -> Iterable[list[int]]:
    all_of_them = list(rooms)
    for start in range(0, len(all_of_them), _AT_ONCE):
        yield all_of_them[start : start + _AT_ONCE]
