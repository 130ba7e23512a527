"""A shop, a chat server and somebody who visits."""

import shutil
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

pytest.importorskip("playwright.async_api", reason="Playwright is not installed")

from bot.storage.database.engine import Database
from tests.environment import SECRET
from tests.ui.conftest import DESK, Screen, Windows
from tests.ui.widget.chat import Chat
from tests.ui.widget.shop import Visitor, running_shop
from tests.ui.widget.stage import Stage


@dataclass(frozen=True, slots=True)
class World:
    """Two shops, what else stands in the first one, and the chat's server."""

    shop: str
    other_shop: str
    stage: Stage
    chat: Chat


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the shop, another shop and the chat live."""

    shop: str
    other_shop: str
    chat: str


CROSS_SITE = Layout("shop.localhost", "other.localhost", "chat.localhost")
SUBDOMAIN = Layout("www.acme.localhost", "www.else.localhost", "chat.acme.localhost")


@pytest.fixture
def layout() -> Layout:
    """The harder one: the chat's cookies are a third party's."""
    return CROSS_SITE


@pytest_asyncio.fixture(loop_scope="session")
async def world(
    layout: Layout, migrated_file: Path, tmp_path: Path, redis_url: str
) -> AsyncIterator[World]:
    """Two shops and a chat server that is up."""
    shop_port, chat_port = _free_ports()
    shops = [f"http://{name}:{shop_port}" for name in (layout.shop, layout.other_shop)]
    database_url = f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'whosthere.db')}"
    database = Database(database_url)
    wishes = {
        "database_url": database_url,
        "redis_url": redis_url,
        "secret_key": SECRET,
        "port": str(chat_port),
        "public_url": f"http://{layout.chat}:{chat_port}",
        "webchat_allowed_origins": ",".join(shops),
        "webchat_title": "Northwind Outfitters",
        "smtp_url": "smtp://127.0.0.1:9",  # nothing is sent, but the bot may promise mails
        "email_from": "Northwind <chat@northwind.example>",
        "demo": "false",
    }
    chat = Chat(database, wishes)
    stage = Stage(shops[0], f"{chat.origin}/widget.js")
    async with running_shop(shop_port, stage):
        await chat.start()
        yield World(shops[0], shops[1], stage, chat)
        await chat.close_down()
    database.close()


@pytest.fixture
def site(world: World) -> str:
    """The shop's origin."""
    return world.shop


@pytest.fixture
def other_site(world: World) -> str:
    """The other shop's origin."""
    return world.other_shop


@pytest.fixture
def chat(world: World) -> Chat:
    """The chat server, and an agent at it."""
    return world.chat


@pytest.fixture
def stage(world: World) -> Stage:
    """The shop's other pages."""
    return world.stage


Arrive = Callable[..., Awaitable[Visitor]]


@pytest.fixture
def arrive(windows: Windows, site: str) -> Arrive:
    """Let somebody with a browser of their own come to the shop."""

    async def come(screen: Screen = DESK, **attributes: str) -> Visitor:
        context = await windows.context(screen, timezone_id="UTC", locale="en-US")
        return await Visitor.arrive(context, site, **attributes)

    return come


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(arrive: Arrive) -> Visitor:
    """Somebody at a desk."""
    return await arrive()


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as two:
        for each in (one, two):
            each.bind(("127.0.0.1", 0))
        return one.getsockname()[1], two.getsockname()[1]
