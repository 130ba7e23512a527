"""Processes that have read our modules before they are needed: most of a start is reading them.

Each is a fresh fork of a process that has done nothing else, with an environment of its own; that
the commands start from nothing as well is for the tests of `./run` to show.
"""

import multiprocessing
import os
import runpy
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

_READ_BEFORE = [
    "bot.cli.processes",
    "bot.wiring.web",
    "bot.wiring.work",
    "workers.jobs",
    "workers.runner",
]


def start(
    module: str, arguments: Sequence[str], environment: Mapping[str, str], log: Path
) -> ForkServerProcess:
    """Run `python -m module`; what it says goes to the end of the log."""
    process = _fork_server().Process(target=_become, args=(module, arguments, environment, log))
    process.start()
    return process


@cache
def _fork_server() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, *_READ_BEFORE])
    return context


def _become(
    module: str, arguments: Sequence[str], environment: Mapping[str, str], log: Path
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    with log.open("ab") as said, Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
        os.dup2(said.fileno(), 1)
        os.dup2(said.fileno(), 2)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
