"""Runs the web process, or several that share one port."""

import asyncio
import os
import sys

from aiohttp import web

from bot.children import live_together
from bot.web.app import make_app
from bot.wiring import open_parts
from config.settings import Settings

SHARE_PORT = "--share-port"


def serve(settings: Settings, *, share_port: bool) -> int:
    """Serve until SIGTERM or SIGINT; the value is the exit status."""
    if settings.web_concurrency > 1 and not share_port:
        return _serve_many(settings)
    web.run_app(
        make_app(open_parts(settings)),
        host=settings.host,
        port=settings.port,
        reuse_port=share_port or None,
        handler_cancellation=True,  # a stream is told that its reader has left
        shutdown_timeout=5,
        access_log=None,
        print=None,
    )
    return 0


def _serve_many(settings: Settings) -> int:
    command = [sys.executable, "-m", "bot", "web", SHARE_PORT]
    commands = {f"web.{number}": command for number in range(1, settings.web_concurrency + 1)}
    return 0 if asyncio.run(live_together(commands, dict(os.environ))) else 1
