"""How late prompts leave: `python -m bench.prompts [count] [seconds] [Graph's seconds]`.

So many visitors are to be asked within so many seconds; two workers and a clock do it, Graph is a
process of its own. Late is what arrives there after its row was due.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.request import urlopen

import sqlalchemy as sa

from bench.machine import describe, free_port, percentile, running_stores, say
from bench.webhooks import PAGE, SECRET
from bot.core.arrivals import Arrival
from bot.core.events import VisitorWrote
from bot.core.model import VisitorKey
from bot.intake.record import record
from bot.storage.database.engine import Database
from bot.storage.database.transactions import retry_races
from bot.storage.migrate import upgrade
from config.rules import CaptureRules, ChannelRules

WORKERS = 2
PROMISED = timedelta(seconds=5)
_GROUP = 500
_PATIENCE = timedelta(seconds=120)  # after the last one was due


@dataclass(frozen=True)
class Plan:
    """Who falls due when."""

    count: int
    within: timedelta
    start: datetime

    @property
    def delay(self) -> timedelta:
        """How long ago, at the latest, everybody wrote what is asked about."""
        return self.within + timedelta(hours=1)

    def due(self) -> dict[str, datetime]:
        """Spread everybody evenly."""
        step = self.within / self.count
        return {f"7{number:015d}": self.start + number * step for number in range(self.count)}


def measure(count: int, within: timedelta, latency: float) -> None:
    """Run it on both engines and print how late prompts were."""
    with running_stores() as stores:
        say(f"{describe()};\n{count} prompts due within {within.seconds} s,")
        say(f"{WORKERS} workers, Graph answers after {latency * 1000:.0f} ms\n")
        for name, url in stores.database_urls.items():
            _report(name, _lateness(url, stores.redis_url, count, within, latency), count)


def _lateness(url: str, redis: str, count: int, within: timedelta, latency: float) -> list[float]:
    database = Database(url)
    upgrade(database)
    head_start = timedelta(seconds=15 + count / 500)
    plan = Plan(count, within, datetime.now(UTC) + head_start)
    _fill(database, plan)
    database.close()
    with _running(url, redis, plan, latency) as graph:
        return _wait(graph, plan)


def _fill(database: Database, plan: Plan) -> None:
    rules = CaptureRules(
        channels=frozenset({"messenger"}),
        delay=plan.delay,
        channel_rules={"messenger": ChannelRules(timedelta(hours=24))},
    )
    arrivals = [_arrival(visitor, due - plan.delay) for visitor, due in plan.due().items()]
    for first in range(0, len(arrivals), _GROUP):
        group = partial(_store, arrivals[first : first + _GROUP], rules)
        retry_races(database, group)


def _store(arrivals: list[Arrival], rules: CaptureRules, connection: sa.Connection) -> None:
    record(connection, arrivals, rules, datetime.now(UTC)).save()


def _arrival(visitor: str, wrote_at: datetime) -> Arrival:
    wrote = VisitorWrote("Hello, do you ship to Iceland?", wrote_at, wrote_at)
    return Arrival(VisitorKey("messenger", PAGE, visitor), wrote, f"m_{visitor}")


def _wait(graph: str, plan: Plan) -> list[float]:
    end = plan.start + plan.within + _PATIENCE
    arrived: dict[str, list[float]] = {}
    while len(arrived) < plan.count and datetime.now(UTC) < end:
        time.sleep(1)
        if datetime.now(UTC) > plan.start + plan.within:  # until then looking would only disturb
            with urlopen(f"{graph}/arrivals") as answer:  # noqa: S310 - our own
                arrived = json.load(answer)
    twice = [visitor for visitor, moments in arrived.items() if len(moments) > 1]
    if twice:
        sys.exit(f"{len(twice)} were asked more than once")
    due = plan.due()
    return sorted(moments[0] - due[visitor].timestamp() for visitor, moments in arrived.items())


def _report(name: str, lateness: list[float], count: int) -> None:
    if not lateness:
        say(f"  {name:<11} nothing arrived")
        return
    p50, p99 = percentile(lateness, 50), percentile(lateness, 99)
    late = count - sum(each <= PROMISED.total_seconds() for each in lateness)
    say(
        f"  {name:<11} {len(lateness)} of {count} arrived, late by p50 {p50:6.3f} s"
        f"  p99 {p99:6.3f} s  max {lateness[-1]:6.3f} s; {late} not within {PROMISED.seconds} s"
    )


@contextmanager
def _running(url: str, redis: str, plan: Plan, latency: float) -> Iterator[str]:
    port = free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "REDIS_URL": redis,
        "SECRET_KEY": "a secret key of benchmarks alone",
        "MESSENGER_APP_SECRET": SECRET,
        "MESSENGER_VERIFY_TOKEN": "verify",
        "MESSENGER_PAGES": json.dumps({PAGE: "token"}),
        "MESSENGER_GRAPH_URL": f"http://127.0.0.1:{port}",
        "CAPTURE_DELAY_SECONDS": str(plan.delay.total_seconds()),
        "DEMO": "false",
        "LOG_LEVEL": "warning",
    }
    commands = [["bench.graph", str(port), str(latency)], ["bot", "clock"]]
    commands += [["workers"]] * WORKERS
    with ExitStack() as stack:
        for command in commands:
            stack.enter_context(_process(command, environment))
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _process(command: list[str], environment: dict[str, str]) -> Iterator[None]:
    program = subprocess.Popen([sys.executable, "-m", *command], env=environment)  # noqa: S603 - our own
    try:
        yield
    finally:
        program.send_signal(signal.SIGTERM)
        program.wait()


def main(count: str = "10000", seconds: str = "60", latency: str = "0") -> None:
    """Take the command line's words."""
    measure(int(count), timedelta(seconds=float(seconds)), float(latency))


if __name__ == "__main__":
    main(*sys.argv[1:])
