"""Who is there now, told by one process and asked by another."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from datetime import timedelta

from redis.asyncio import Redis

from bot.live.presence import PRESENT, STALE, Presence
from bot.ports.signals import SIGNALS, ChangeSignal, SignalKind, read_signals
from tests.silent import silent_server

AT_ONCE = timedelta(seconds=0.02)
SLOWLY = timedelta(seconds=0.5)
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


async def test_a_hung_redis_is_waited_for_once() -> None:
    async with silent_server() as url:
        presence = Presence(url, list)
        assert await presence.find([7]) == set()
        async with asyncio.timeout(0.5):
            assert await presence.find([7]) == set()


@asynccontextmanager
async def telling(
    redis_url: str, rooms: Callable[[], Collection[int]], every: timedelta = AT_ONCE
) -> AsyncIterator[None]:
    running = Presence(redis_url, rooms, tell_every=every).run()
    await anext(running)
    yield
    await anext(running, None)


@asynccontextmanager
async def listening(
    redis_url: str,
) -> AsyncIterator[Callable[[SignalKind], "asyncio.Future[ChangeSignal]"]]:
    """Give a way to wait for the next hint of a kind about room 7."""
    async with Redis.from_url(redis_url) as client, client.pubsub() as subscription:
        await subscription.subscribe(SIGNALS)

        async def hear(kind: SignalKind) -> ChangeSignal:
            async with asyncio.timeout(10):
                while True:
                    message = await subscription.get_message(timeout=1)
                    if message and message["type"] == "message":
                        for hint in read_signals(message["data"], {7}):
                            if hint.kind is kind:
                                return hint

        yield lambda kind: asyncio.ensure_future(hear(kind))


async def test_who_comes_and_leaves_is_hinted_at(redis_url: str) -> None:
    here = {9}
    async with listening(redis_url) as hear, telling(redis_url, lambda: here):
        here.add(7)
        assert (await hear(SignalKind.CAME)).room == 7
        assert await Presence(redis_url, list).find([7, 9]) == {7, 9}
        here.discard(7)
        assert (await hear(SignalKind.LEFT)).room == 7
        assert await Presence(redis_url, list).find([7, 9]) == {9}


async def test_who_is_only_told_again_is_not_hinted_at(redis_url: str) -> None:
    async with listening(redis_url) as hear, telling(redis_url, lambda: [7]):
        await hear(SignalKind.CAME)
        again = hear(SignalKind.CAME)
        await asyncio.wait([again], timeout=10 * AT_ONCE.total_seconds())
        assert not again.done()
        again.cancel()


async def test_who_is_still_connected_to_another_process_has_not_left(redis_url: str) -> None:
    here = {7}
    async with (
        listening(redis_url) as hear,
        telling(redis_url, lambda: [7], SLOWLY),
        telling(redis_url, lambda: here, SLOWLY),
    ):
        await hear(SignalKind.CAME)
        here.discard(7)
        left = hear(SignalKind.LEFT)
        await asyncio.wait([left], timeout=3 * SLOWLY.total_seconds())
        assert not left.done()
        assert await Presence(redis_url, list).find([7]) == {7}
        left.cancel()


async def test_who_only_goes_to_another_page_has_not_left(redis_url: str) -> None:
    here = {7}
    async with listening(redis_url) as hear, telling(redis_url, lambda: here, SLOWLY):
        await hear(SignalKind.CAME)
        left = hear(SignalKind.LEFT)
        here.discard(7)
        await asyncio.sleep(SLOWLY.total_seconds() / 2)
        here.add(7)
        await asyncio.wait([left], timeout=2 * SLOWLY.total_seconds())
        assert not left.done()
        left.cancel()
