"""What measurements run on, and how they say what came of them."""

import os
import platform
import socket
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from statistics import median
from time import perf_counter

from bot.runtime.embedded_valkey import running_valkey
from tests.servers import running_postgres

_LISTENING, _SLICE = 5.0, 0.02  # seconds


@dataclass(frozen=True)
class Stores:
    """A Redis of our own, and an empty database of each engine."""

    redis_url: str
    database_urls: Mapping[str, str]
    """By the engine's name."""


@contextmanager
def running_stores() -> Iterator[Stores]:
    """Run them until the block ends, as durable as in earnest."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        redis = stack.enter_context(running_valkey(directory / "valkey"))
        postgres = stack.enter_context(running_postgres(durable=True))
        engines = {
            "SQLite": f"sqlite:///{directory / 'bench.sqlite3'}",
            "PostgreSQL": postgres.render_as_string(hide_password=False),
        }
        yield Stores(redis, engines)


def free_port() -> int:
    """Find a port that nobody uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def describe() -> str:
    """Say on which day and on what it is measured, and listen for a while to how evenly that runs.

    What a machine takes from a plain loop that has it for itself is no fault of what is measured.
    """
    slow = _slow_slices()
    longest = max((len(list(run)) for is_slow, run in groupby(slow) if is_slow), default=0)
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} cores,\n"
        f"Python {platform.python_version()}; a plain loop, alone, ran at less than half its speed"
        f" for {sum(slow) / len(slow):.0%}\nof the time, at worst {longest * _SLICE * 1000:.0f} ms"
        " on end"
    )


def _slow_slices() -> list[bool]:
    started, turns = perf_counter(), Counter[int]()
    while (passed := perf_counter() - started) < _LISTENING:
        turns[int(passed / _SLICE)] += 1
        for _ in range(1000):
            pass
    done = [turns[number] for number in range(round(_LISTENING / _SLICE))]
    half = median(done) / 2
    return [each < half for each in done]


def percentile(times: Sequence[float], hundredth: int) -> float:
    """Pick from what is sorted."""
    return times[len(times) * hundredth // 100]


def say(line: str) -> None:
    """Print it at once."""
    print(line, flush=True)
