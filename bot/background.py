"""What goes on beside a server for as long as it runs."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine

_AGAIN = 1.0  # seconds


async def run_beside(*works: Callable[[], Coroutine[None, None, None]]) -> AsyncIterator[None]:
    """Run each for as long as the generator is held, as aiohttp holds a cleanup context."""
    tasks = [asyncio.create_task(each()) for each in works]
    yield
    await end(*tasks)


async def end(*tasks: "asyncio.Task[None]") -> None:
    """Cancel until it counts: `asyncio.wait_for` of Python 3.11 loses one now and then."""
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=_AGAIN)
