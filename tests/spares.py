"""Processes that have read our modules before they are needed: most of a start is reading them.

Each is a fresh fork of a process that has done nothing else, with an environment of its own; that
the commands start from nothing as well is for the tests of `./run` to show.
"""

import multiprocessing
import os
import runpy
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from tempfile import TemporaryDirectory

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
    return _start(module, arguments, environment, Path.cwd(), (Path(os.devnull), log, log))


def run(
    words: Sequence[str], environment: Mapping[str, str], folder: Path, given: str
) -> subprocess.CompletedProcess[str]:
    """Run `python -m bot` in a folder, to its end."""
    with TemporaryDirectory() as beside:
        ways = [Path(beside, name) for name in ("in", "out", "error")]
        ways[0].write_text(given, "utf-8")
        process = _start("bot", words, environment, folder, ways)
        process.join()
        assert process.exitcode is not None
        said = [way.read_bytes().decode() for way in ways[1:]]
        return subprocess.CompletedProcess(words, process.exitcode, *said)


def _start(
    module: str,
    arguments: Sequence[str],
    environment: Mapping[str, str],
    folder: Path,
    ways: Sequence[Path],
) -> ForkServerProcess:
    process = _fork_server().Process(
        target=_become, args=(module, arguments, environment, folder, ways)
    )
    process.start()
    return process


@cache
def _fork_server() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, *_READ_BEFORE])
    return context


def _become(
    module: str,
    arguments: Sequence[str],
    environment: Mapping[str, str],
    folder: Path,
    ways: Sequence[Path],
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    for number, (way, mode) in enumerate(zip(ways, ("rb", "ab", "ab"), strict=True)):
        with way.open(mode) as file:
            os.dup2(file.fileno(), number)
    sys.stdin = os.fdopen(
        0, encoding="utf-8", closefd=False
    )  # multiprocessing had closed the other
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
