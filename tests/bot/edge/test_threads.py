"""One kind of work that is full keeps no other waiting."""

import asyncio
import threading

import pytest

from bot.edge.threads import WorkKind, WorkThreads, working_at


@pytest.fixture
async def threads() -> WorkThreads:
    executor = WorkThreads()
    asyncio.get_running_loop().set_default_executor(executor)
    return executor


@pytest.mark.parametrize("full", WorkKind)
async def test_a_kind_that_is_full_stops_no_other(threads: WorkThreads, full: WorkKind) -> None:
    let_go = threading.Event()

    async def hold() -> None:
        with working_at(full):
            await asyncio.to_thread(let_go.wait)

    holding = [asyncio.create_task(hold()) for _ in range(50)]
    await asyncio.sleep(0)
    for kind in set(WorkKind) - {full}:
        with working_at(kind):
            name = await asyncio.wait_for(asyncio.to_thread(_name), 10)
        assert name.startswith(kind.title)
    let_go.set()
    await asyncio.gather(*holding)


def _name() -> str:
    return threading.current_thread().name
