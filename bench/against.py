"""Intake's processor time against an older commit's: `python -m bench.against TREE [pairs]`.

TREE is a worktree of that commit. Both web processes run side by side and take the same load in
turns; the median of the pairs' ratios tells something on a busy machine too, for what is compared
is processor time, of all threads of the web process. As one process may be quicker than another
of the same code, by how its memory lies, both start anew after every few pairs.
"""

import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median, quantiles

import sqlalchemy as sa

from bench.intake import Server, load, numbers, running
from bench.machine import describe, free_port, say
from bot.runtime.embedded_valkey import running_valkey
from tests.servers import new_database, running_postgres

POSTS = {1: 3_000, 10: 600}
PAIRS = 20
_EACH_START = 4
_WARM_UP = 500
_Pairs = list[tuple[float, float]]


def compare(tree: Path, pairs: int) -> None:
    """Run all pairs and print the ratios."""
    with ExitStack() as stack:
        postgres = stack.enter_context(running_postgres(durable=True))
        say(f"{describe()};\n{pairs} pairs, load average {os.getloadavg()[0]:.1f}\n")
        visitors = numbers()
        for engine in ("SQLite", "PostgreSQL"):
            found = defaultdict[int, _Pairs](list)
            for _ in range(pairs // _EACH_START):
                with _running(tree, engine, postgres) as sides:
                    for events, posts in POSTS.items():
                        found[events] += _pairs(sides, events, posts, visitors)
            for events, each in found.items():
                _report(engine, events, each)


@contextmanager
def _running(tree: Path, engine: str, postgres: sa.URL) -> Iterator[list[tuple[Server, int]]]:
    with ExitStack() as stack:
        yield [_start(stack, engine, where, postgres) for where in (Path.cwd(), tree)]


def _start(stack: ExitStack, engine: str, tree: Path, postgres: sa.URL) -> tuple[Server, int]:
    directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    redis = stack.enter_context(running_valkey(directory / "valkey"))
    database = f"sqlite:///{directory / 'bench.sqlite3'}"
    if engine == "PostgreSQL":
        url = stack.enter_context(new_database(postgres))
        database = url.render_as_string(hide_password=False)
    server = Server(str(tree), free_port(), database)
    migrate = [sys.executable, "-m", "bot", "migrate"]
    environment = {**os.environ, "DATABASE_URL": database, "DATA_DIR": str(directory)}
    subprocess.run(migrate, cwd=tree, env=environment, check=True, capture_output=True)  # noqa: S603 - our own
    return server, stack.enter_context(running(server, redis, tree))


def _pairs(
    sides: list[tuple[Server, int]], events: int, posts: int, visitors: Iterator[int]
) -> _Pairs:
    for server, _ in sides:
        load(server, events, _WARM_UP, next(visitors))
    return [_pair(sides, events, posts, visitors, number) for number in range(_EACH_START)]


def _pair(
    sides: list[tuple[Server, int]], events: int, posts: int, visitors: Iterator[int], number: int
) -> tuple[float, float]:
    used = {}
    for server, process in sides if number % 2 else reversed(sides):
        before = _seconds_used(process)
        load(server, events, posts, next(visitors))
        used[server] = (_seconds_used(process) - before) / (events * posts) * 1e6
    now, then = (used[server] for server, _ in sides)
    return now, then


def _seconds_used(process: int) -> float:
    """Add up the threads' processor time, finer than by the clock's ticks."""
    threads = Path(f"/proc/{process}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9


def _report(engine: str, events: int, found: _Pairs) -> None:
    low, middle, high = quantiles([now / then for now, then in found], n=4)
    now, then = (median(each) for each in zip(*found, strict=True))
    say(
        f"  {engine:<11} {events:2} event(s) a POST: {now:4.0f} µs an event, {then:4.0f} then;"
        f" median of {len(found)} ratios {middle:.3f} (half of them {low:.3f} to {high:.3f})"
    )


if __name__ == "__main__":
    compare(Path(sys.argv[1]).resolve(), int(sys.argv[2]) if len(sys.argv) > 2 else PAIRS)  # noqa: PLR2004
