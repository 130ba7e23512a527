"""Durable intake against a bare handler: `python -m bench.intake [rounds]`.

Server and load run in processes of their own, on different cores; the rounds of all servers
alternate, and what counts are medians and ratios within the run. Beside the rates stands the
processor time that one event has cost the web process, which tells something on a busy machine too.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.machine import describe, free_port, say
from bench.webhooks import PAGE, SECRET
from bot.runtime.embedded_valkey import running_valkey
from bot.storage.database.engine import Database
from bot.storage.migrate import upgrade
from tests.servers import running_postgres

SERVER_CORE, LOAD_CORE = "0", "1"
POSTS = {1: 8_000, 10: 1_500}
OPEN_RATE, OPEN_POSTS = 1_000.0, 5_000


@dataclass(frozen=True)
class Server:
    """A server under load."""

    name: str
    port: int
    database: str | None = None


def measure(rounds: int) -> None:
    """Run everything and print the tables."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        redis = stack.enter_context(running_valkey(directory / "valkey"))
        postgres = stack.enter_context(running_postgres(durable=True))
        servers = [
            Server("bare handler", free_port()),
            Server("SQLite", free_port(), f"sqlite:///{directory / 'bench.sqlite3'}"),
            Server("PostgreSQL", free_port(), postgres.render_as_string(hide_password=False)),
        ]
        processes = {server: stack.enter_context(running(server, redis)) for server in servers}
        visitors = numbers()
        for server in servers:
            load(server, 1, 500, next(visitors))
        say(f"{describe()};\n{rounds} rounds, 64 connections\n")
        for events in POSTS:
            _compare(processes, events, rounds, visitors)
        say(f"Open loop, {OPEN_RATE:.0f} POST/s, one event each")
        for server in servers:
            result = load(server, 1, OPEN_POSTS, next(visitors), OPEN_RATE)
            p50, p99 = result["p50_ms"], result["p99_ms"]
            say(f"  {server.name:<14} p50 {p50:6.1f} ms  p99 {p99:6.1f} ms")


def _compare(running: dict[Server, int], events: int, rounds: int, visitors: Iterator[int]) -> None:
    results: dict[Server, list[dict[str, float]]] = {server: [] for server in running}
    for _ in range(rounds):
        for server, process in running.items():
            before = _seconds_used(process)
            result = load(server, events, POSTS[events], next(visitors))
            used = _seconds_used(process) - before
            result["cpu"] = used / (events * POSTS[events]) * 1e6
            results[server].append(result)
    say(f"{events} event(s) a POST, closed loop")
    bare = next(iter(results.values()))
    for server, rows in results.items():
        rate, p99, cpu = (_median_of(rows, name) for name in ("events_a_second", "p99_ms", "cpu"))
        ratios = [
            row["events_a_second"] / base["events_a_second"]
            for row, base in zip(rows, bare, strict=True)
        ]
        say(
            f"  {server.name:<14} {rate:8.0f} events/s  of bare {median(ratios):.2f}"
            f"  p99 {p99:6.1f} ms  CPU {cpu:4.0f} µs, {cpu / _median_of(bare, 'cpu'):.1f} x bare"
        )
    say("")


def _median_of(rows: list[dict[str, float]], name: str) -> float:
    return median(row[name] for row in rows)


def _seconds_used(process: int) -> float:
    """Add up what its threads have used of the processor, in the system and out of it."""
    numbers = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, numbers[11:13])) / os.sysconf("SC_CLK_TCK")


def load(server: Server, events: int, posts: int, first: int, rate: float = 0) -> dict[str, float]:
    """Post so many times from another process; returns what it has measured."""
    arguments = [server.port, events, posts, first, rate]
    command = ["taskset", "-c", LOAD_CORE, sys.executable, "-m", "bench.load"]
    answer = subprocess.run(  # noqa: S603 - our own command
        [*command, *map(str, arguments)], capture_output=True, text=True, check=False
    )
    if answer.returncode:
        sys.exit(answer.stderr)
    return {name: float(value) for name, value in json.loads(answer.stdout).items()}


@contextmanager
def running(server: Server, redis: str, tree: Path | None = None) -> Iterator[int]:
    """Run a server until the block ends, from another worktree if one is named."""
    command = [sys.executable, "-m", "bench.bare", str(server.port)]
    if server.database:
        if tree is None:
            upgrade(Database(server.database))
        command = [sys.executable, "-m", "bot", "web"]
    environment = {
        **os.environ,
        "DATABASE_URL": server.database or "",
        "REDIS_URL": redis,
        "SECRET_KEY": "a secret key of benchmarks alone",
        "PORT": str(server.port),
        "PUBLIC_URL": "http://127.0.0.1",
        "MESSENGER_APP_SECRET": SECRET,
        "MESSENGER_VERIFY_TOKEN": "verify",
        "MESSENGER_PAGES": json.dumps({PAGE: "token"}),
        "DEMO": "false",
        "LOG_LEVEL": "warning",
    }
    program = subprocess.Popen(  # noqa: S603 - our own command
        ["taskset", "-c", SERVER_CORE, *command],  # noqa: S607 - found by PATH
        env=environment,
        cwd=tree,
    )
    try:
        _wait_for(server.port)
        yield program.pid
    finally:
        program.send_signal(signal.SIGTERM)
        program.wait()


def _wait_for(port: int) -> None:
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    sys.exit(f"nothing listens on {port}")


def numbers() -> Iterator[int]:
    """Make first visitors' numbers that are far apart."""
    number = int(time.time()) * 1_000
    while True:
        yield number
        number += 1_000_000


if __name__ == "__main__":
    measure(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
