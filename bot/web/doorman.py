"""Keeps a place for whoever comes next: where too many connections are open, idle ones go."""

import asyncio
import resource
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Middleware

_MOST = 20_000
_LOOKS_EVERY = 1.0  # seconds
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def most_connections() -> int:
    """Open as many files as the system lets us, and say how many of them may be connections."""
    most, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        most = hard
    return min(_MOST, most * 4 // 5)


class Doorman:
    """Knows which connections have a request under way; those of sockets have one all the time."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._requests: dict[object, asyncio.Task[object] | None] = {}

    def middleware(self) -> Middleware:
        """Take note of requests; it has to stand before all others."""

        @web.middleware
        def note(request: web.Request, handler: _Handler) -> Awaitable[web.StreamResponse]:
            # nothing is awaited in here: every socket would have to keep another frame
            self._requests[request.protocol] = asyncio.current_task()
            return handler(request)

        return note

    async def watch(self, runner: web.AppRunner) -> None:
        """Look for ever."""
        while True:
            await asyncio.sleep(_LOOKS_EVERY)
            if runner.server:
                self.make_room(runner.server)

    def make_room(self, server: web.Server) -> None:
        """Send idle ones away, those that came first before the others."""
        self._requests = {
            each: task for each, task in self._requests.items() if task and not task.done()
        }
        connections = server.connections
        idle = [each for each in connections if each not in self._requests]
        for connection in idle[: max(0, len(connections) - self._most)]:
            connection.force_close()
