"""Programs that live and die together."""

import asyncio
import os
import signal
from asyncio.subprocess import Process, create_subprocess_exec
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

import click

from bot.processes.lifeline import PATIENCE

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


async def live_together(
    commands: Mapping[str, Sequence[str]],
    environment: Mapping[str, str],
    patience: timedelta = PATIENCE,
) -> bool:
    """Run all until one ends or we are asked to stop, then stop all; say whether that went well."""
    with _asked_to_stop() as asked, _lifeline() as lifeline:
        children = [
            await _start(name, command, environment, lifeline) for name, command in commands.items()
        ]
        await asyncio.wait(
            [asked, *(child.end for child in children)], return_when=asyncio.FIRST_COMPLETED
        )
        fallen = [child for child in children if child.end.done()]
        for child in fallen:
            click.echo(f"{child.name} ended with status {child.end.result()}; stopping the others.")
        late = await _stop(children, patience)
        for child in late:
            click.echo(f"{child.name} did not finish in time and was killed.")
    return not fallen and not late


@dataclass(frozen=True, slots=True)
class _Child:
    name: str
    program: Process
    end: asyncio.Task[int]


async def _start(
    name: str, command: Sequence[str], environment: Mapping[str, str], lifeline: int
) -> _Child:
    program = await create_subprocess_exec(
        *command,
        env={**environment, "LIFELINE_FD": str(lifeline)},
        pass_fds=(lifeline,),
        start_new_session=True,  # Ctrl-C in the terminal is for us alone: we stop them in order
    )
    return _Child(name, program, asyncio.create_task(program.wait()))


async def _stop(children: Collection[_Child], patience: timedelta) -> list[_Child]:
    for child in children:
        with suppress(ProcessLookupError):
            child.program.terminate()
    ends = [child.end for child in children]
    await asyncio.wait(ends, timeout=patience.total_seconds())
    late = [child for child in children if not child.end.done()]
    for child in late:
        with suppress(ProcessLookupError):
            os.killpg(child.program.pid, signal.SIGKILL)
    await asyncio.wait(ends)
    return late


@contextmanager
def _lifeline() -> Iterator[int]:
    # The children hold the reading end. The kernel closes the other one even if we are SIGKILLed.
    reading, writing = os.pipe()
    try:
        yield reading
    finally:
        os.close(reading)
        os.close(writing)


@contextmanager
def _asked_to_stop() -> Iterator[asyncio.Future[int]]:
    loop = asyncio.get_running_loop()
    asked = loop.create_future()

    def ask(by: signal.Signals) -> None:
        if not asked.done():
            asked.set_result(by)

    for each in STOP_SIGNALS:
        loop.add_signal_handler(each, ask, each)
    try:
        yield asked
    finally:
        for each in STOP_SIGNALS:
            loop.remove_signal_handler(each)
