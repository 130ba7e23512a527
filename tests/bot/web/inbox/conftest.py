"""Two agents, one of them an admin, at their browsers."""

import pytest

from bot.core.model import ConversationId
from bot.web.app import Parts, make_app
from tests.bot.agents import JONAS, MAYA, join
from tests.bot.web.inbox.browsers import Browser, open_inbox
from tests.bot.web.sites import Client, Serve
from tests.office import Office


@pytest.fixture
def parts(office: Office, redis_url: str) -> Parts:
    return open_inbox(office, redis_url)


@pytest.fixture
async def site(aiohttp_client: Serve, parts: Parts) -> Client:
    return await aiohttp_client(make_app(parts))


@pytest.fixture
def stranger(site: Client, parts: Parts) -> Browser:
    """Nobody has signed in here."""
    return Browser(site, parts)


@pytest.fixture
async def maya(site: Client, parts: Parts, office: Office) -> Browser:
    """An agent who has signed in."""
    browser = Browser(site, parts, join(office, MAYA))
    await browser.sign_in(MAYA)
    return browser


@pytest.fixture
async def jonas(site: Client, parts: Parts, office: Office) -> Browser:
    """An admin who has signed in."""
    browser = Browser(site, parts, join(office, JONAS, is_admin=True))
    await browser.sign_in(JONAS)
    return browser


@pytest.fixture
def talk(office: Office) -> ConversationId:
    """Somebody has just written on Messenger."""
    office.write("Hello", key="m_hello")
    return ConversationId(office.rows("conversations")[-1]["id"])
