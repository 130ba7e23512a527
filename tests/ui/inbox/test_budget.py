"""What the first look into the inbox may cost."""

import asyncio
from typing import TYPE_CHECKING

import brotli

from bot.core.model import ConversationId
from bot.desk.agent import Agent
from tests.ui.conftest import Windows
from tests.ui.inbox.support import Support

if TYPE_CHECKING:
    from playwright.async_api import Response

_MOST = 30_000
_BEST = 11


async def test_the_first_load_stays_within_its_budget(
    windows: Windows, support: Support, maya: Agent, afternoon: ConversationId
) -> None:
    page = await support.window(windows, maya)
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - Playwright marks it
    await page.goto(f"{support.origin}/inbox/{afternoon}", wait_until="networkidle")
    await page.locator("body[data-line=up]").wait_for()
    bodies = await asyncio.gather(*(_size(answer) for answer in answers))
    sizes = dict(bodies)
    assert sum(sizes.values()) <= _MOST, sizes


async def _size(answer: "Response") -> tuple[str, int]:
    body = b"" if answer.status == 204 else await answer.body()
    return answer.url.rpartition("/")[2], len(brotli.compress(body, quality=_BEST))
