"""Rate limits by visitor, address and site.

Counted in Redis for all processes. When that is gone or slow each process counts for itself, and
asks again after a while: nobody waits for Redis more than once.
"""

import asyncio
import logging
import math
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TypeAlias

from limits import RateLimitItem, WindowStats
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from redis.asyncio import ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

_PATIENCE = 0.25  # seconds
_PAUSE = 5.0
_log = logging.getLogger(__name__)

Charge: TypeAlias = tuple[RateLimitItem, str]


@dataclass(frozen=True, slots=True)
class Allowance:
    """A rate limit for one kind of act; None: unlimited."""

    visitor: RateLimitItem | None
    address: RateLimitItem | None
    site: RateLimitItem | None = None

    def charges(self, kind: str, visitor: str, address: str, site: str) -> list[Charge]:
        """Say what one call costs whom."""
        return [
            (item, f"{kind}/{who}")
            for item, who in ((self.visitor, visitor), (self.address, address), (self.site, site))
            if item
        ]


class TooOftenError(Exception):
    """Try again after so many seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(slots=True)
class Hold:
    """A call whose outcome is not known yet; only one that is used counts in the end."""

    is_used: bool = False


class Limits:
    """Counts calls, or what they bring about."""

    def __init__(
        self, redis_url: str | None, allowances: Mapping[str, Allowance], *, strict: bool = False
    ) -> None:
        """Connect to nothing yet.

        A strict one gives nothing away while Redis comes and goes: each process counts all of its
        calls itself as well, at the price of a thread's turn for each caller now and then.
        """
        self._allowances = allowances
        self._strict = strict
        self._memory = MemoryStorage()
        self._own = MovingWindowRateLimiter(self._memory)
        self._pool = _open_pool(redis_url) if redis_url else None
        self._shared = _share(self._pool) if self._pool else None
        self._alone_until = 0.0
        self._held: Counter[str] = Counter()

    async def spend(self, kind: str, visitor: str, address: str, site: str = "") -> None:
        """Let a call pass, or raise TooOftenError."""
        charges = self._allowances[kind].charges(kind, visitor, address, site)
        wait = await self._spend(charges)
        if wait is not None:
            raise TooOftenError(max(1, math.ceil(wait)))

    @asynccontextmanager
    async def hold(
        self, kind: str, visitor: str, address: str, site: str = ""
    ) -> AsyncIterator[Hold]:
        """Reserve a call until it says whether it is used; one that is cancelled counts as used.

        Raises TooOftenError if, with what this process has reserved, there would be too many.
        """
        charges = self._allowances[kind].charges(kind, visitor, address, site)
        callers = [who for _, who in charges]
        self._held.update(callers)
        hold = Hold()
        try:
            await self._check_room(charges)
            yield hold
        except asyncio.CancelledError:
            hold.is_used = True
            raise
        finally:
            if hold.is_used:
                await self._spend(charges)
            self._held -= Counter(callers)

    async def _check_room(self, charges: Sequence[Charge]) -> None:
        for item, who in charges:
            stats = await self._look(item, who)
            if stats.remaining < self._held[who]:
                raise TooOftenError(max(1, math.ceil(stats.reset_time - time.time())))

    async def count(self, kind: str, visitor: str) -> int:
        """Say how often a visitor, or whatever is counted as one, has been let pass of late."""
        item, who = self._allowances[kind].charges(kind, visitor, "", "")[0]
        stats = await self._look(item, who)
        return item.amount - stats.remaining

    async def _look(self, item: RateLimitItem, who: str) -> WindowStats:
        if self._shared and time.monotonic() >= self._alone_until:
            with suppress(RedisError, OSError, TimeoutError):
                async with asyncio.timeout(_PATIENCE):
                    return await self._shared.get_window_stats(item, who)
        return await self._own.get_window_stats(item, who)

    async def forgive(self, kind: str, visitor: str, address: str, site: str = "") -> None:
        """Forget what was spent, as far as that can be done at once."""
        for item, who in self._allowances[kind].charges(kind, visitor, address, site):
            await self._own.clear(item, who)
            if self._shared and time.monotonic() >= self._alone_until:
                with suppress(RedisError, OSError, TimeoutError):
                    async with asyncio.timeout(_PATIENCE):
                        await self._shared.clear(item, who)

    async def run(self, _app: object = None) -> AsyncIterator[None]:
        """Hold what is open for as long as the generator is held."""
        yield
        if self._memory.timer:
            self._memory.timer.cancel()
        if self._pool:
            await self._pool.disconnect()

    async def _spend(self, charges: Sequence[Charge]) -> float | None:
        if self._shared is None or time.monotonic() < self._alone_until:
            return await _hit(self._own, charges)
        if self._alone_until:
            self._alone_until = time.monotonic() + _PAUSE  # one tries it for all
        try:
            async with asyncio.timeout(_PATIENCE):
                wait = await _hit(self._shared, charges)
        except (RedisError, OSError, TimeoutError):
            self._alone_until = time.monotonic() + _PAUSE
            _log.warning("calls are counted by each process: is Redis there?")
            return await _hit(self._own, charges)
        self._alone_until = 0.0
        if wait is None and self._strict:
            return await _hit(self._own, charges)
        return wait


def _open_pool(redis_url: str) -> ConnectionPool:
    return ConnectionPool.from_url(
        redis_url,
        socket_timeout=_PATIENCE,
        socket_connect_timeout=_PATIENCE,
        retry=Retry(NoBackoff(), 0),
    )


def _share(pool: ConnectionPool) -> MovingWindowRateLimiter:
    storage = RedisStorage(
        "async+redis://",
        implementation="redispy",
        connection_pool=pool,  # type: ignore[arg-type] # handed on to redis-py as it is
    )
    return MovingWindowRateLimiter(storage)


async def _hit(limiter: MovingWindowRateLimiter, charges: Sequence[Charge]) -> float | None:
    for item, who in charges:
        if not await limiter.hit(item, who):
            stats = await limiter.get_window_stats(item, who)
            return stats.reset_time - time.time()
    return None
