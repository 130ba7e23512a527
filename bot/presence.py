"""Which visitors have the chat open just now; kept in Redis, for it is worth nothing later."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Collection
from datetime import timedelta

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from bot.background import run_beside

PRESENT = "whosthere:present"
TELL_EVERY = timedelta(seconds=10)
STALE = timedelta(seconds=30)
_PATIENCE = 1.0  # seconds
_AT_ONCE = 1_000
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
        """Open nothing yet; `rooms` names those that are watched here (`bot.hints.room_of`)."""
        self._redis_url = redis_url
        self._rooms = rooms
        self._tell_every = tell_every.total_seconds()

    async def find(self, rooms: Collection[int]) -> set[int]:
        """Say in which of these rooms somebody is; without Redis, in none."""
        if not rooms:
            return set()
        wanted = sorted(rooms)
        try:
            async with self._open() as client:
                scores = await client.zmscore(PRESENT, [str(room) for room in wanted])
        except (RedisError, OSError, TimeoutError):
            return set()
        since = time.time() - STALE.total_seconds()
        return {room for room, at in zip(wanted, scores, strict=True) if at and at >= since}

    def run(self, _app: object = None) -> AsyncIterator[None]:
        """Tell for as long as the generator is held, as aiohttp holds a cleanup context."""
        return run_beside(self._tell_on())

    async def _tell_on(self) -> None:
        while True:
            try:
                await self._tell()
            except (RedisError, OSError, TimeoutError):
                _log.debug("presence is not told: Redis is away")
            await asyncio.sleep(self._tell_every)

    async def _tell(self) -> None:
        rooms = list(self._rooms())
        if not rooms:
            return
        now = time.time()
        async with self._open() as client:
            for start in range(0, len(rooms), _AT_ONCE):
                some = {str(room): now for room in rooms[start : start + _AT_ONCE]}
                await client.zadd(PRESENT, some)
            await client.zremrangebyscore(PRESENT, "-inf", now - STALE.total_seconds())

    def _open(self) -> Redis:
        return Redis.from_url(
            self._redis_url,
            socket_connect_timeout=_PATIENCE,
            socket_timeout=_PATIENCE,
            retry=Retry(NoBackoff(), 0),
        )
