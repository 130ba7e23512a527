"""Agents who come and go, as visitors see it."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.core.model import VisitorKey
from bot.web.app import make_app
from tests.bot.agents import join, team_of
from tests.bot.web.inbox.browsers import open_inbox
from tests.bot.web.sites import HOST, Client, Serve
from tests.environment import SECRET
from tests.office import Office

_ROOT = Path(__file__).parents[4]
QUESTION = "Would you leave us your address?"


async def is_online(site: Client) -> bool:
    response = await site.post("/chat/session", json={}, headers=HOST)
    assert response.status == 200
    return bool((await response.json())["settings"]["online"])


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_the_chat_says_whether_an_agent_is_there(
    office: Office, redis_url: str, aiohttp_client: Serve
) -> None:
    parts = open_inbox(office, redis_url, availability="agents")
    site = await aiohttp_client(make_app(parts))
    assert not await is_online(site)
    maya = join(office)
    await asyncio.to_thread(team_of(office).saw, maya.id)
    office.pass_time(1)
    async with asyncio.timeout(20):
        while not await is_online(site):  # noqa: ASYNC110 - it looks once a second
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("availability", ["always", "agents"])
def test_workers_ask_as_one_asks_when_nobody_is_there(
    office: Office, redis_url: str, tmp_path: Path, availability: str
) -> None:
    office.write("Hello", VisitorKey("webchat", "https://shop.example", "ann"))
    url = office.database.url
    environment = {
        "PATH": os.defpath,
        "PYTHONPATH": str(_ROOT),
        "DATABASE_URL": url.set(drivername=url.get_backend_name()).render_as_string(
            hide_password=False
        ),
        "REDIS_URL": redis_url,
        "SECRET_KEY": SECRET,
        "AVAILABILITY": availability,
        "CAPTURE_MESSAGE": QUESTION,
    }
    # a process of its own, for workers keep what they have opened
    work = [sys.executable, "-c", "from workers.jobs import visitor_lane; visitor_lane().work()"]
    subprocess.run(work, check=True, cwd=tmp_path, env=environment)
    [asked] = office.rows("messages", kind="capture_prompt")
    assert asked["text"].startswith(QUESTION) is (availability == "always")
