"""Background tasks beside a running server."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine

from bot.ports.errors import UnavailableError
from bot.runtime.outages import Outage

_AGAIN = 1.0  # seconds


async def run_beside(*works: Callable[[], Coroutine[None, None, None]]) -> AsyncIterator[None]:
    """Run each for as long as the generator is held, as aiohttp holds a cleanup context."""
    tasks = [asyncio.create_task(_go_on(each)) for each in works]
    yield
    await end(*tasks)


async def end(*tasks: "asyncio.Task[None]") -> None:
    """Cancel until it counts: `asyncio.wait_for` of Python 3.11 loses one now and then."""
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=_AGAIN)


async def finish(step: Coroutine[None, None, None]) -> None:
    """Let a short step come to its end before a cancellation counts.

    redis-py leaves its connection open when it is cancelled at the wrong moment.
    """
    task = asyncio.create_task(step)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        _ = task.cancelled() or task.exception()  # nobody else wants to know
        raise


async def _go_on(work: Callable[[], Coroutine[None, None, None]]) -> None:
    trouble = Outage("what runs beside the server")
    while True:
        try:
            return await work()
        except UnavailableError as error:
            trouble.note(str(error))
        except Exception as error:  # noqa: BLE001 - nobody else would hear of it, nor begin anew
            trouble.note("a fault of ours", error)
        await asyncio.sleep(_AGAIN)
