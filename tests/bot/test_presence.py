"""Who is there now, told by one process and asked by another."""

import asyncio
import time
from datetime import timedelta

from redis.asyncio import Redis

from bot.presence import PRESENT, STALE, Presence

AT_ONCE = timedelta(seconds=0.02)
NOTHING = "redis://127.0.0.1:1"


async def test_another_process_finds_who_is_connected_here(redis_url: str) -> None:
    here = Presence(redis_url, lambda: [7, 9], tell_every=AT_ONCE)
    elsewhere = Presence(redis_url, list)
    running = here.run()
    await anext(running)
    async with asyncio.timeout(10):
        while not (found := await elsewhere.find([7, 8, 9])):  # noqa: ASYNC110 - Redis decides when
            await asyncio.sleep(0.01)
    await anext(running, None)
    assert found == {7, 9}


async def test_who_has_left_is_soon_forgotten(redis_url: str) -> None:
    async with Redis.from_url(redis_url) as client:
        await client.zadd(PRESENT, {"7": time.time() - STALE.total_seconds() - 1})
        assert await Presence(redis_url, list).find([7]) == set()
        here = Presence(redis_url, lambda: [9], tell_every=AT_ONCE)
        running = here.run()
        await anext(running)
        async with asyncio.timeout(10):
            while await client.zscore(PRESENT, "7") is not None:  # noqa: ASYNC110 - the same
                await asyncio.sleep(0.01)
        await anext(running, None)


async def test_without_redis_nobody_is_known_to_be_there() -> None:
    assert await Presence(NOTHING, lambda: [7]).find([7]) == set()
