"""An application behind connections of the kind that the web process makes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from bot.web.connection import Acceptance, Connection
from bot.web.connection_limit import ConnectionLimit


@dataclass(frozen=True, slots=True)
class Served:
    """Where the application is reached."""

    server: web.Server
    address: tuple[str, int]

    @property
    def url(self) -> str:
        return f"http://{self.address[0]}:{self.address[1]}"

    @property
    def connections(self) -> list[Connection]:
        return [each for each in self.server.connections if isinstance(each, Connection)]


@asynccontextmanager
async def serving(
    app: web.Application, doorman: ConnectionLimit | None = None
) -> AsyncIterator[Served]:
    """Serve an application on a port of its own."""
    doorman = doorman or ConnectionLimit(most=10_000)
    app.middlewares.insert(0, doorman.middleware())
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=1)
    await runner.setup()
    server = runner.server
    assert server
    accept = Acceptance(server, lambda: doorman.expect(server))
    listening = await asyncio.get_running_loop().create_server(accept, "127.0.0.1", 0)
    try:
        yield Served(server, listening.sockets[0].getsockname())
    finally:
        listening.close()
        await runner.cleanup()
