"""A whole web process in the test's own loop, as the composition root puts it together."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeAlias

from aiohttp import web
from aiohttp.test_utils import TestClient

from bot.web.app import Parts, make_app
from bot.wiring.settings import given_settings
from bot.wiring.web import open_parts
from tests.environment import SECRET

HOST = {"Host": "chat.example.com"}
Client: TypeAlias = TestClient[web.Request, web.Application]
Serve: TypeAlias = Callable[[web.Application], Awaitable[Client]]


def make_site(
    database_url: str, redis_url: str, *routes: web.RouteDef, **settings: str
) -> web.Application:
    """Put the application together, with more routes if need be."""
    parts = open_site(database_url, redis_url, **settings)
    return make_app(replace(parts, channel_routes=(*parts.channel_routes, *routes)))


def open_site(database_url: str, redis_url: str, **settings: str) -> Parts:
    """Put its parts together."""
    values = {
        "database_url": database_url,
        "redis_url": redis_url,
        "public_url": "https://chat.example.com",
        "secret_key": SECRET,
        "messenger_app_secret": "an app's secret",
        "messenger_pages": '{"1001": "a page token"}',
        "demo": "false",
        **settings,
    }
    return open_parts(given_settings(values))
