"""The API, served from the office."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.desk import Desk
from bot.web.api import add_api
from tests.bot.web.api.calls import TOKEN, Api


@pytest.fixture
async def api(desk: Desk) -> AsyncIterator[Api]:
    """A program with a token."""
    app = web.Application()
    add_api(app, desk, ["first-token", TOKEN])
    async with TestClient(TestServer(app)) as client:
        yield Api(client)
