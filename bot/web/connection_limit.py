"""Keeps a place for whoever comes next: connections that are late or idle go.

Where too many are open, idle ones go first, and then those whose bodies are still awaited.
"""

import asyncio
import resource
from collections.abc import Awaitable, Callable, Iterable

from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.web.connection import Connection

_MOST = 20_000
_SHARE = 8
_LOOKS_EVERY = 1.0  # seconds
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def most_connections() -> int:
    """Open as many files as the system lets us, and say how many of them may be connections."""
    most, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        most = hard
    return min(_MOST, most * 4 // 5)


class ConnectionLimit:
    """Knows which connections have a request under way; those of sockets have one all the time."""

    def __init__(self, most: int, awaited: Callable[[], Iterable[object]] = tuple) -> None:
        """Keep to so many connections; `awaited` names those whose bodies have not all come."""
        self._most = most
        self._awaited = awaited
        self._newcomers = 0
        self._requests: dict[object, asyncio.Task[object] | None] = {}

    def middleware(self) -> Middleware:
        """Take note of requests; it has to stand before all others."""

        @web.middleware
        def note(request: web.Request, handler: _Handler) -> Awaitable[web.StreamResponse]:
            # nothing is awaited in here: every socket would have to keep another frame
            self._requests[request.protocol] = asyncio.current_task()
            return handler(request)

        return note

    async def watch(self, server: web.Server) -> None:
        """Look for ever."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(_LOOKS_EVERY)
            self.make_room(server)
            for each in server.connections:
                if isinstance(each, Connection):
                    each.hang_up_if_late(loop.time())

    def expect(self, server: web.Server) -> None:
        """Make room once many have come since the last look."""
        self._newcomers += 1
        if self._newcomers * _SHARE > self._most:
            self.make_room(server)

    def make_room(self, server: web.Server) -> None:
        """Send idle ones away, then those with unfinished bodies; the first to come goes first."""
        self._newcomers = 0
        self._requests = {
            each: task for each, task in self._requests.items() if task and not task.done()
        }
        connections = server.connections
        excess = len(connections) - self._most
        if excess <= 0:
            return
        awaited = set(self._awaited())
        idle = [each for each in connections if each not in self._requests]
        unfinished = [each for each in connections if each in awaited]
        for connection in (*idle, *unfinished)[:excess]:
            connection.force_close()
