"""The simulator on a real socket, with a small bot behind it."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession

from tests.bot.web.demo.browser import Browser
from tests.bot.web.demo.stand_in_bot import StandInBot


@pytest.fixture
async def bot() -> AsyncIterator[StandInBot]:
    bot = StandInBot()
    server = await bot.start()
    yield bot
    await server.close()


@pytest.fixture
async def browser(bot: StandInBot) -> AsyncIterator[Browser]:
    async with ClientSession() as session:
        yield Browser(session, bot.url)
