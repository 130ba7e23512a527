"""What measurements run on, and how they say what came of them."""

import os
import platform
import socket
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.embedded import running_valkey
from tests.servers import running_postgres


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
    """Say on which day and on what it was measured."""
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} cores,\n"
        f"Python {platform.python_version()}"
    )


def percentile(times: Sequence[float], hundredth: int) -> float:
    """Pick from what is sorted."""
    return times[len(times) * hundredth // 100]


def say(line: str) -> None:
    """Print it at once."""
    print(line, flush=True)
