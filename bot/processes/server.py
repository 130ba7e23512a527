"""The web process, or several that share one port."""

import asyncio
import gc
import os
import signal
import sys

from aiohttp import web

from bot.edge.bodies import BODIES
from bot.edge.threads import WorkThreads
from bot.processes.children import live_together
from bot.processes.listening import accept, listen, say_where
from bot.web.app import make_app
from bot.web.connection import Acceptance
from bot.web.connection_limit import ConnectionLimit, most_connections
from bot.wiring.web import open_parts
from config.settings import Settings

SHARE_PORT = "--share-port"
# intake's thread comes back from the database several times for each group, and would wait for a
# busy event loop to let go; the default is ten times as long
_SWITCH = 0.0005  # seconds
_YOUNG = 50_000  # new objects between two looks for cycles
_PATIENCE = 5.0  # seconds that requests under way are given at a stop


def serve(settings: Settings, *, share_port: bool) -> int:
    """Serve until SIGTERM or SIGINT; the value is the exit status."""
    if settings.web_concurrency > 1 and not share_port:
        return _serve_many(settings)
    sys.setswitchinterval(_SWITCH)
    try:
        asyncio.run(_serve(settings, share_port=share_port))
    except OSError as error:
        message = f"HOST and PORT: can't listen on {settings.host}:{settings.port}"
        sys.stderr.write(f"{message} ({error.strerror}).\n")
        return 1
    return 0


async def _serve(settings: Settings, *, share_port: bool) -> None:
    asyncio.get_running_loop().set_default_executor(WorkThreads())
    app = make_app(open_parts(settings))
    doorman = ConnectionLimit(most_connections(), lambda: app[BODIES].awaited)
    app.middlewares.insert(0, doorman.middleware())
    runner = web.AppRunner(
        app,
        handler_cancellation=True,  # a stream is told that its reader has left
        shutdown_timeout=_PATIENCE,
    )
    sockets = await listen(settings, share_port=share_port)
    say_where(settings, sockets)
    await runner.setup()
    server = runner.server
    if server is None:
        raise RuntimeError
    # what is here now stays: looking for cycles in it again and again would cost every request
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG)
    try:
        listening = await accept(Acceptance(server, lambda: doorman.expect(server)), sockets)
        watching = asyncio.create_task(doorman.watch(server))
        await _asked_to_stop()
        watching.cancel()
        for each in listening:
            each.close()
    finally:
        await runner.cleanup()


async def _asked_to_stop() -> None:
    stopping = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, stopping.set)
    await stopping.wait()


def _serve_many(settings: Settings) -> int:
    command = [sys.executable, "-m", "bot", "web", SHARE_PORT]
    commands = {f"web.{number}": command for number in range(1, settings.web_concurrency + 1)}
    return 0 if asyncio.run(live_together(commands, dict(os.environ))) else 1
