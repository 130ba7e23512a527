"""What a socket costs and how fast a reply is: `python -m bench.live [sockets] [replies]`.

Memory: so many idle visitors on one web process, against a bare WebSocket of aiohttp. Time: from an
agent's reply by the API to the frame that its visitor receives, with a thousand sockets open and
the web process held to one core. It reads `/proc`, so it takes Linux.
"""

import asyncio
import json
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from aiohttp import ClientSession

from bench.machine import describe, free_port, percentile, running_stores, say
from bench.sockets import Line, connect_all
from bot.edge.signing import Signer
from bot.intake.record import record
from bot.runtime.secret import derived_keys
from bot.storage.database.engine import Database
from bot.storage.database.transactions import retry_races
from bot.storage.migrate import upgrade
from bot.storage.tables import conversations
from bot.wiring.ground import now
from bot.wiring.settings import given_settings
from channels.webchat.identity import Identities, Identity
from channels.webchat.letters import ChatText, message_arrival
from config.settings import Settings

LISTENERS = 1_000
EACH_SECOND = 20
_TOKEN = "a token of the benchmarks and of nothing else"  # noqa: S105 - opens a server of our own
_GROUP = 500
_FEW = 50
_SETTLING = 5.0  # seconds
_STARTING = 60.0


@dataclass(frozen=True)
class Installation:
    """A web process of ours with a database, and where it will listen."""

    database_url: str
    redis_url: str
    port: int

    @property
    def origin(self) -> str:
        """Its public name."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """Say what the process needs to know."""
        return {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "PORT": str(self.port),
            "PUBLIC_URL": self.origin,
            "SECRET_KEY": "a secret key of benchmarks alone",
            "API_TOKENS": _TOKEN,
            "TRUSTED_PROXIES": "127.0.0.0/8",
            "CAPTURE_ENABLED": "false",
            "DEMO": "false",
            "LOG_LEVEL": "warning",
        }

    def settle(self, count: int) -> list[str]:
        """Let so many visitors have written; returns their tickets."""
        values = {name.lower(): value for name, value in self.environment().items()}
        settings = given_settings(values)
        identities = Identities(Signer(derived_keys(settings, "web chat")), now)
        visitors = [identities.make(self.origin, "en") for _ in range(count)]
        database = Database(self.database_url)
        upgrade(database)
        for first in range(0, count, _GROUP):
            some = visitors[first : first + _GROUP]
            retry_races(database, partial(_write, settings, some))
        database.close()
        return [identities.write_ticket(visitor) for visitor in visitors]


def _write(settings: Settings, visitors: Sequence[Identity], connection: sa.Connection) -> None:
    at = now()
    arrivals = [message_arrival(one.place, ChatText("Hello", "c1"), at, "en") for one in visitors]
    record(connection, arrivals, settings.capture_rules, at).save()


async def weigh(process: subprocess.Popen[bytes], place: Installation, tickets: list[str]) -> float:
    """Say how many KiB of memory one socket takes.

    Everybody has been there before, few at a time: what the database's caches take is not counted.
    """
    for first in range(0, len(tickets), _FEW):
        few = tickets[first : first + _FEW]
        for line in await connect_all(place.port, place.origin, few, _ignore):
            line.hang_up()
    await asyncio.sleep(_SETTLING)
    before = _resident(process.pid)
    lines = await connect_all(place.port, place.origin, tickets, _ignore)
    await asyncio.sleep(_SETTLING)
    after = _resident(process.pid)
    _check(lines)
    for line in lines:
        line.hang_up()
    return (after - before) / len(lines)


async def time_replies(place: Installation, tickets: list[str], replies: int) -> list[float]:
    """Reply at a steady rate; returns the seconds from each request to its visitor's frame."""
    sent: dict[str, float] = {}
    taken: dict[str, float] = {}

    def hear(text: str) -> None:
        arrived, frame = time.perf_counter(), json.loads(text)
        if frame["type"] == "message" and frame["message"]["author"] == "agent":
            taken[frame["message"]["text"]] = arrived

    lines = await connect_all(place.port, place.origin, tickets, hear)
    await asyncio.sleep(_SETTLING)
    ids = _conversation_ids(place.database_url)
    headers = {"Authorization": f"Bearer {_TOKEN}"}
    async with ClientSession(headers=headers) as session, asyncio.TaskGroup() as under_way:

        async def reply(number: int) -> None:
            text = f"Reply {number}"
            url = f"{place.origin}/api/v1/conversations/{random.choice(ids)}/messages"
            sent[text] = time.perf_counter()
            async with session.post(url, json={"text": text, "client_id": text}) as answer:
                answer.raise_for_status()

        for number in range(replies):
            under_way.create_task(reply(number))
            await asyncio.sleep(1 / EACH_SECOND)
    await asyncio.sleep(_SETTLING)
    _check(lines)
    if missing := sent.keys() - taken.keys():
        sys.exit(f"{len(missing)} replies did not arrive")
    return sorted(taken[text] - at for text, at in sent.items())


@asynccontextmanager
async def running(
    port: int, command: list[str], environment: dict[str, str] | None = None
) -> AsyncIterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends; it listens when the block begins."""
    process = subprocess.Popen(  # noqa: ASYNC220, S603 - our own, and nothing else goes on
        [sys.executable, "-m", *command], env={**os.environ, **(environment or {})}
    )
    try:
        async with asyncio.timeout(_STARTING):
            while not await _listens(port):  # noqa: ASYNC110 - another process's affair
                await asyncio.sleep(0.05)
        yield process
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait)


async def main(count: int = 5_000, replies: int = 1_000) -> None:
    """Measure and print."""
    _allow_files()
    with running_stores() as stores:
        say(f"{describe()}, load {os.getloadavg()[0]:.1f}\n")
        place = Installation(stores.database_urls["SQLite"], stores.redis_url, free_port())
        tickets = place.settle(count)
        async with running(place.port, ["bench.bare_socket", str(place.port)]) as process:
            bare = await weigh(process, place, tickets)
        async with running(place.port, ["bot", "web"], place.environment()) as process:
            ours = await weigh(process, place, tickets)
        say(f"{count} idle sockets: {ours:.1f} KiB each, {bare:.1f} of them aiohttp's\n")
        for name, url in stores.database_urls.items():
            await _report(name, Installation(url, stores.redis_url, free_port()), replies)


async def _report(name: str, place: Installation, replies: int) -> None:
    tickets = place.settle(LISTENERS)
    async with running(place.port, ["bot", "web"], place.environment()) as process:
        _hold(process.pid)
        times = [1000 * each for each in await time_replies(place, tickets, replies)]
    p50, p99 = percentile(times, 50), percentile(times, 99)
    say(
        f"  {name:<11} {replies} replies, {EACH_SECOND}/s, to {LISTENERS} sockets:"
        f" p50 {p50:5.1f} ms  p99 {p99:5.1f} ms  max {times[-1]:5.1f} ms"
    )


def _conversation_ids(database_url: str) -> list[int]:
    database = Database(database_url)
    newest = sa.select(conversations.c.id).order_by(conversations.c.id.desc()).limit(LISTENERS)
    with database.read() as connection:
        ids = list(connection.execute(newest).scalars())
    database.close()
    return ids


def _allow_files() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # our child has the same


def _hold(pid: int) -> None:
    for thread in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(thread.name), {0})


def _resident(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def _check(lines: Sequence[Line]) -> None:
    if lost := sum(line.is_lost for line in lines):
        sys.exit(f"{lost} of {len(lines)} sockets were lost")


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionError:
        return False
    writer.close()
    return True


def _ignore(_text: str) -> None:
    pass


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])))
