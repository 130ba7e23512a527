"""Visitors who come and leave, as agents see it happen."""

from typing import TYPE_CHECKING

import pytest_asyncio
from playwright.async_api import expect
from redis.asyncio import Redis

from bot.core.model import ConversationId
from bot.desk.agent import Agent
from bot.live.presence import PRESENT
from bot.ports.signals import SIGNALS, ChangeSignal, SignalKind, room_of, write_signals
from tests.ui.conftest import Windows
from tests.ui.inbox.conftest import Open
from tests.ui.inbox.support import Support, on_site

if TYPE_CHECKING:
    from playwright.async_api import Page

SEEN_AT = 4e12
"""Far in the future: whoever came then is here."""


@pytest_asyncio.fixture(loop_scope="session")
async def page(support: Support, maya: Agent, open_inbox: Open) -> "Page":
    """Two have written, and the first one's conversation is open."""
    talk, _ = [support.write("Hello", on_site(who)) for who in ("ann", "ben")]
    return await open_inbox(maya, f"/{talk}")


async def test_the_dots_move_as_visitors_come_and_leave(
    windows: Windows, page: "Page", redis_url: str
) -> None:
    rooms = [room_of(on_site(who)) for who in ("ann", "ben")]
    sub, dots = page.locator("#thread .sub"), page.locator("#rows .face[data-on]")
    async with Redis.from_url(redis_url) as redis:
        await redis.zadd(PRESENT, {str(room): SEEN_AT for room in rooms})
        came = [ChangeSignal(room, ConversationId(0), kind=SignalKind.CAME) for room in rooms]
        await redis.publish(SIGNALS, write_signals(came))
        await expect(dots).to_have_count(2)
        await expect(sub).to_contain_text("Online")
        row = page.get_by_role("link", name="in the chat now")
        await expect(row).to_have_count(2)
        await redis.zrem(PRESENT, str(rooms[0]))
        left = ChangeSignal(rooms[0], ConversationId(0), kind=SignalKind.LEFT)
        await redis.publish(SIGNALS, write_signals([left]))
        await expect(dots).to_have_count(1)
        await expect(sub).to_contain_text("Last here")
        await expect(row).to_have_count(1)
    assert windows.complaints == []
