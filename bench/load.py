"""A process of its own that posts as fast as it is answered, or at a given rate."""

import json
import random
import sys
from collections import deque
from collections.abc import Iterator
from itertools import accumulate, islice
from select import EPOLLIN, epoll
from socket import IPPROTO_TCP, TCP_NODELAY, create_connection, socket
from time import perf_counter

from bench.webhooks import requests

CONNECTIONS = 64
_OK = b"HTTP/1.1 200"


class _Connections:
    """Keep-alive connections by the bare system calls: the database needs the load's core too."""

    def __init__(self, port: int, count: int) -> None:
        self._poll = epoll()
        self._sockets: dict[int, socket] = {}
        self._since: dict[int, float] = {}
        for _ in range(count):
            connection = create_connection(("127.0.0.1", port))
            connection.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
            self._sockets[connection.fileno()] = connection
            self._poll.register(connection, EPOLLIN)
        self.idle = deque(self._sockets)
        self.latencies: list[float] = []

    def post(self, request: bytes, since: float) -> None:
        """Send a request by an idle connection; its latency counts from `since`."""
        number = self.idle.popleft()
        self._since[number] = since
        self._sockets[number].sendall(request)

    def wait(self, until: float | None = None) -> None:
        """Take what is answered, or return at that moment."""
        seconds = None if until is None else max(0.0, until - perf_counter())
        for number, _ in self._poll.poll(seconds):
            answer = self._sockets[number].recv(4096)
            if not answer.startswith(_OK):  # such a short answer comes in one piece
                sys.exit(answer.decode() or "the server has hung up")
            self.latencies.append(perf_counter() - self._since.pop(number))
            self.idle.append(number)


def closed_loop(port: int, posts: list[bytes]) -> tuple[float, list[float]]:
    """Keep CONNECTIONS busy; returns seconds and latencies."""
    connections, waiting = _Connections(port, CONNECTIONS), deque(posts)
    started = perf_counter()
    while len(connections.latencies) < len(posts):
        while connections.idle and waiting:
            connections.post(waiting.popleft(), perf_counter())
        connections.wait()
    return perf_counter() - started, connections.latencies


def open_loop(port: int, posts: list[bytes], rate: float) -> tuple[float, list[float]]:
    """Post at random moments of that mean rate; latency counts from the scheduled moment."""
    connections = _Connections(port, 4 * CONNECTIONS)
    started = perf_counter()
    waiting = deque(zip(_moments(started, rate), posts, strict=False))
    while len(connections.latencies) < len(posts):
        while connections.idle and waiting and waiting[0][0] <= perf_counter():
            moment, request = waiting.popleft()
            connections.post(request, moment)
        connections.wait(waiting[0][0] if connections.idle and waiting else None)
    return perf_counter() - started, connections.latencies


def _moments(start: float, rate: float) -> Iterator[float]:
    return accumulate(iter(lambda: random.expovariate(rate), None), initial=start)


def main() -> None:
    """Take port, events a POST, POSTs, first visitor and rate (0: closed loop); print JSON."""
    port, events, count, first = (int(value) for value in sys.argv[1:5])
    rate = float(sys.argv[5])
    posts = list(islice(requests(events, first), count))
    seconds, latencies = open_loop(port, posts, rate) if rate else closed_loop(port, posts)
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
