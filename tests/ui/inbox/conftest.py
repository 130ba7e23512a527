"""The inbox in real browsers: the server on SQLite, and agents who are signed in."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

pytest.importorskip("playwright.async_api", reason="Playwright is not installed")

from bot.core.model import ConversationId
from bot.desk.agent import Agent
from bot.storage.database.engine import Database
from tests.environment import SECRET
from tests.ui.conftest import DESK, Screen, Windows
from tests.ui.inbox.afternoon import Afternoon
from tests.ui.inbox.support import SITE, Support

if TYPE_CHECKING:
    from playwright.async_api import Page

Open = Callable[..., Awaitable["Page"]]


@pytest_asyncio.fixture(loop_scope="session")
async def support(migrated_file: Path, tmp_path: Path, redis_url: str) -> AsyncIterator[Support]:
    """A server that is up, with nobody on the team yet."""
    database_url = f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'whosthere.db')}"
    database, port = Database(database_url), _free_port()
    support = Support(
        database,
        {
            "database_url": database_url,
            "redis_url": redis_url,
            "secret_key": SECRET,
            "port": str(port),
            "public_url": f"http://localhost:{port}",
            "webchat_allowed_origins": SITE,
            "messenger_app_secret": "an app's secret",
            "messenger_pages": '{"1001": "a page token"}',
            "demo": "false",
        },
    )
    await support.start()
    yield support
    await support.stop()
    await asyncio.to_thread(support.doorbell.close)
    database.close()


@pytest.fixture
def maya(support: Support) -> Agent:
    """Somebody of the team, and its admin."""
    return support.join("maya@shop.example", "Maya Olsen", is_admin=True)


@pytest.fixture
def jonas(support: Support) -> Agent:
    """Somebody else of the team."""
    return support.join("jonas@shop.example", "Jonas Berg")


@pytest.fixture
def afternoon(support: Support, maya: Agent, jonas: Agent) -> ConversationId:
    """A busy shop, for pictures; names the conversation to open."""
    return Afternoon(support, maya, jonas).fill()


@pytest.fixture
def open_inbox(windows: Windows, support: Support) -> Open:
    """Let an agent open an address of the inbox in a window of the agent's own."""

    async def go(agent: Agent, path: str = "", screen: Screen = DESK, **options: object) -> "Page":
        page = await support.window(windows, agent, screen, **options)
        await page.goto(f"{support.origin}/inbox{path}")
        await page.locator("body[data-line=up]").wait_for()
        return page

    return go


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
