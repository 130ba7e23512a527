"""A served bot, on each engine where what is stored matters."""

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from aiohttp import ClientSession

from bot.storage.database.engine import Database
from channels.webchat.settings import Pace
from tests.channels.webchat.bot import Bot, Browser, new_session, settings

Start: TypeAlias = Callable[..., Any]
"""Serves a bot with other settings, pace, allowances or rules; awaited."""
QUICK = Pace(
    hello_within=timedelta(seconds=0.2),
    heartbeat=timedelta(seconds=0.2),
    seen_every=timedelta(0),
    close_within=timedelta(seconds=1),
)


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with new_session() as opened:
        yield opened


@pytest.fixture
async def start(database: Database, redis_url: str, session: ClientSession) -> AsyncIterator[Start]:
    """Serve a bot on each engine."""
    async with AsyncExitStack() as stack:
        yield _starter(stack, database, redis_url, session)


@pytest.fixture
async def start_small(
    migrated_file: Path, tmp_path: Path, redis_url: str, session: ClientSession
) -> AsyncIterator[Start]:
    """Serve a bot on SQLite only: for what does not depend on the engine."""
    path = shutil.copy(migrated_file, tmp_path / "whosthere.db")
    database = Database(f"sqlite:///{path}")
    async with AsyncExitStack() as stack:
        yield _starter(stack, database, redis_url, session)
    database.close()


def _starter(
    stack: AsyncExitStack, database: Database, redis_url: str, session: ClientSession
) -> Start:
    async def start(**changes: Any) -> Bot:  # noqa: ANN401 - as the bot has them
        wishes = {name: changes.pop(name) for name in tuple(changes) if name in _OF_SETTINGS}
        given = {"redis_url": redis_url, **changes}
        bot = Bot(database, session=session, settings=settings(**wishes), **given)
        return await stack.enter_async_context(bot.served())

    return start


_OF_SETTINGS = {
    *("trusted_proxies", "secrets", "allowed_origins", "greeting", "color", "title"),
    "most_bytes_of_file",
}


@pytest.fixture
async def bot(start: Start) -> Bot:
    """A bot on each engine."""
    served: Bot = await start()
    return served


@pytest.fixture
async def small(start_small: Start) -> Bot:
    """A bot on SQLite."""
    served: Bot = await start_small()
    return served


@pytest.fixture
async def ann(bot: Bot) -> Browser:
    return await bot.browser()


@pytest.fixture
async def ben(bot: Bot) -> Browser:
    return await bot.browser()


@pytest.fixture
async def eve(small: Bot) -> Browser:
    """Somebody at the small bot."""
    return await small.browser()
