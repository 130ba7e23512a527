"""What runs beside a server ends with it, whatever is lost on the way."""

import asyncio
from contextlib import suppress

import pytest

from bot.runtime.background import finish, run_beside


async def test_it_runs_while_it_is_held_and_ends_with_it() -> None:
    turns: list[int] = []

    async def turn() -> None:
        while True:
            turns.append(1)
            await asyncio.sleep(0)

    running = run_beside(turn)
    await anext(running)
    async with asyncio.timeout(5):
        while len(turns) < 3:  # noqa: ASYNC110 - the other task decides when
            await asyncio.sleep(0)
    assert await anext(running, "over") == "over"
    count = len(turns)
    await asyncio.sleep(0.01)
    assert len(turns) == count


async def test_who_does_not_hear_the_first_time_is_told_again() -> None:
    heard: list[int] = []

    async def deaf() -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
        heard.append(1)
        await asyncio.sleep(60)

    running = run_beside(deaf)
    await anext(running)
    await asyncio.sleep(0)
    async with asyncio.timeout(10):
        await anext(running, None)
    assert heard == [1]


async def test_what_fails_begins_anew_and_is_told(caplog: pytest.LogCaptureFixture) -> None:
    turns = asyncio.Semaphore(0)

    async def fail() -> None:
        turns.release()
        message = "ada@example.com"
        raise LookupError(message)

    running = run_beside(fail)
    await anext(running)
    async with asyncio.timeout(10):
        await turns.acquire()
        await turns.acquire()
    await anext(running, None)
    assert {record.message for record in caplog.records} == {"what runs beside the server failed"}


@pytest.mark.parametrize("fault", [None, ValueError("nobody hears of it")])
async def test_a_short_step_is_finished_before_one_goes(fault: Exception | None) -> None:
    began, goes_on, over = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def step() -> None:
        began.set()
        await goes_on.wait()
        over.set()
        if fault:
            raise fault

    task = asyncio.create_task(finish(step()))
    await began.wait()
    task.cancel()
    await asyncio.sleep(0.01)
    assert not task.done()
    goes_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert over.is_set()
