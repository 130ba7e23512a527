"""A whole web process on each engine, with an agent signed in."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.edge.signing import Signer
from bot.runtime.secret import derive
from bot.web.app import make_app
from tests.bot.agents import MAYA, join
from tests.bot.web.inbox.browsers import Browser, open_inbox
from tests.bot.web.sites import Client, Serve
from tests.environment import SECRET as SERVER_SECRET
from tests.events.mail import MAIL, MailWorld
from tests.events.meta import APP, AUTOMATIC, PAGES, SECRET
from tests.events.world import TOKEN, World
from tests.mail_server import PostOffice, post
from tests.mailroom import MailRoom
from tests.office import Office

__all__ = ["post"]  # for pytest to find


@pytest.fixture
async def world(office: Office, redis_url: str, aiohttp_client: Serve) -> World:
    return World(office, *await _serve(office, redis_url, aiohttp_client))


@pytest.fixture
async def mailing(
    office: Office, redis_url: str, aiohttp_client: Serve, post: PostOffice
) -> MailWorld:
    """One that mails replies which are not seen."""
    client, agent = await _serve(office, redis_url, aiohttp_client, **MAIL)
    room = MailRoom(office, post)
    # with what the application signs links by
    room.stationery = replace(room.stationery, signer=Signer((derive(SERVER_SECRET, "mail"),)))
    return MailWorld(office, client, agent, room)


async def _serve(
    office: Office, redis_url: str, serve: Serve, **settings: str
) -> tuple[Client, Browser]:
    office.now = datetime.now(UTC)
    parts = open_inbox(
        office,
        redis_url,
        messenger_app_secret=SECRET,
        messenger_app_id=APP,
        messenger_pages=json.dumps(PAGES),
        messenger_automatic_texts=json.dumps([AUTOMATIC]),
        api_tokens=TOKEN,
        **settings,
    )
    client = await serve(make_app(parts))
    agent = Browser(client, parts, join(office, MAYA))
    await agent.sign_in(MAYA)
    return client, agent
