"""A process of its own that posts as fast as it is answered, or at a given rate."""

import asyncio
import json
import random
import sys
from collections import deque
from collections.abc import Callable
from itertools import islice
from time import perf_counter
from typing import cast

from bench.webhooks import requests

CONNECTIONS = 64
_OK = b"HTTP/1.1 200"


class _Connection(asyncio.Protocol):
    """One keep-alive connection; lean, so that the server is what is measured."""

    def __init__(self, answered: Callable[["_Connection"], None]) -> None:
        self._answered = answered
        self._transport: asyncio.Transport | None = None
        self.since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # TCP gives nothing else

    def post(self, request: bytes, since: float) -> None:
        """Send a request whose latency counts from `since`."""
        self.since = since
        if self._transport:
            self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        if not data.startswith(_OK):  # such a short answer comes in one piece
            sys.exit(data.decode())
        self._answered(self)


class _Run:
    def __init__(self, posts: list[bytes]) -> None:
        self.queue = deque(posts)
        self.left = len(posts)
        self.latencies: list[float] = []
        self.done = asyncio.Event()

    def note(self, connection: _Connection) -> None:
        self.latencies.append(perf_counter() - connection.since)
        self.left -= 1
        if not self.left:
            self.done.set()


async def _connect(port: int, answered: Callable[[_Connection], None]) -> _Connection:
    loop = asyncio.get_running_loop()
    _, connection = await loop.create_connection(lambda: _Connection(answered), "127.0.0.1", port)
    return connection


async def closed_loop(port: int, posts: list[bytes]) -> tuple[float, list[float]]:
    """Keep CONNECTIONS busy; returns seconds and latencies."""
    run = _Run(posts)

    def go_on(connection: _Connection) -> None:
        run.note(connection)
        if run.queue:
            connection.post(run.queue.popleft(), perf_counter())

    connections = [await _connect(port, go_on) for _ in range(CONNECTIONS)]
    started = perf_counter()
    for connection in connections:
        connection.post(run.queue.popleft(), perf_counter())
    await run.done.wait()
    return perf_counter() - started, run.latencies


async def open_loop(port: int, posts: list[bytes], rate: float) -> tuple[float, list[float]]:
    """Post at random moments of that mean rate; latency counts from the scheduled moment."""
    run, idle = _Run(posts), deque[_Connection]()
    waiting: deque[tuple[bytes, float]] = deque()

    def go_on(connection: _Connection) -> None:
        run.note(connection)
        if waiting:
            connection.post(*waiting.popleft())
        else:
            idle.append(connection)

    for _ in range(4 * CONNECTIONS):
        idle.append(await _connect(port, go_on))
    started = moment = perf_counter()
    for request in posts:
        moment += random.expovariate(rate)
        await asyncio.sleep(max(0.0, moment - perf_counter()))
        if idle:
            idle.popleft().post(request, moment)
        else:
            waiting.append((request, moment))
    await run.done.wait()
    return perf_counter() - started, run.latencies


def main() -> None:
    """Take port, events a POST, POSTs, first visitor and rate (0: closed loop); print JSON."""
    port, events, count, first = (int(value) for value in sys.argv[1:5])
    rate = float(sys.argv[5])
    posts = list(islice(requests(events, first), count))
    work = open_loop(port, posts, rate) if rate else closed_loop(port, posts)
    seconds, latencies = asyncio.run(work)
    latencies.sort()
    print(
        json.dumps(
            {
                "events_a_second": count * events / seconds,
                "p50_ms": 1000 * latencies[len(latencies) // 2],
                "p99_ms": 1000 * latencies[int(len(latencies) * 0.99)],
            }
        )
    )


if __name__ == "__main__":
    main()
