"""A whole web process on each engine, with an agent signed in."""

import json
from datetime import UTC, datetime

import pytest

from bot.web.app import make_app
from tests.bot.agents import MAYA, join
from tests.bot.web.inbox.browsers import Browser, open_inbox
from tests.bot.web.sites import Serve
from tests.events.meta import APP, PAGES, SECRET
from tests.events.world import TOKEN, World
from tests.office import Office


@pytest.fixture
async def world(office: Office, redis_url: str, aiohttp_client: Serve) -> World:
    office.now = datetime.now(UTC)
    parts = open_inbox(
        office,
        redis_url,
        messenger_app_secret=SECRET,
        messenger_app_id=APP,
        messenger_pages=json.dumps(PAGES),
        api_tokens=TOKEN,
    )
    client = await aiohttp_client(make_app(parts))
    agent = Browser(client, parts, join(office, MAYA))
    await agent.sign_in(MAYA)
    return World(office, client, agent)
