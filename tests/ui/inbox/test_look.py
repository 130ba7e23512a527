"""The pictures of the inbox, and what axe-core says about each."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from bot.core.model import ConversationId
from bot.desk.agent import Agent
from tests.ui.axe import violations
from tests.ui.conftest import Screen, Windows
from tests.ui.fitting import misfits
from tests.ui.inbox.conftest import Open
from tests.ui.inbox.support import AFTERNOON, Support
from tests.ui.pictures import assert_looks_the_same, skip_unless_comparable

if TYPE_CHECKING:
    from playwright.async_api import Page

_SIZES = {"1440": (1440, 900), "1100": (1100, 760), "390": (390, 844)}
_SCREENS = {
    f"{name}{'-night' if is_dark else ''}": Screen(*size, is_dark=is_dark, is_phone=name == "390")
    for name, size in _SIZES.items()
    for is_dark in (False, True)
}

_PICTURED = {"thread", "noting", "list"}


@pytest.fixture(params=_SCREENS)
def place(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest_asyncio.fixture(loop_scope="session")
async def page(maya: Agent, afternoon: ConversationId, open_inbox: Open, place: str) -> "Page":
    return await open_inbox(maya, f"/{afternoon}", _SCREENS[place])


async def every_state(page: "Page", support: Support, list_url: str) -> AsyncIterator[str]:
    """Bring the page into one state after another."""
    support.now = AFTERNOON
    yield "thread"
    await page.locator("#assign").click()
    yield "assigning"
    await page.keyboard.press("Escape")
    await page.get_by_text("Note", exact=True).click()
    await page.locator("#text").fill("Ask Jonas about the rack")
    yield "noting"
    await page.locator("#text").fill("x" * 4_001)
    await page.locator("#text").evaluate("field => field.scrollTop = 0")
    yield "too-long"
    await page.locator("#text").fill("")
    await page.locator("#log").focus()
    await page.keyboard.press("?")
    yield "keys"
    await page.keyboard.press("Escape")
    await page.goto(list_url)
    await page.locator("body[data-line=up]").wait_for()
    yield "list"


async def test_it_looks_as_approved_and_keeps_nobody_out(
    windows: Windows, support: Support, afternoon: ConversationId, page: "Page", place: str
) -> None:
    skip_unless_comparable(windows.browser)
    await page.locator(f"#c{afternoon}[data-unread='0']").wait_for(state="attached")
    found = {}
    async for state in every_state(page, support, f"{support.origin}/inbox"):
        await page.mouse.move(2, 2)
        found[state] = await violations(page)
        if state in _PICTURED:
            await assert_looks_the_same(page, f"inbox-{place}-{state}")
    assert {state: wrong for state, wrong in found.items() if wrong} == {}
    assert windows.complaints == []


async def test_forced_colours_and_right_to_left_keep_their_edges(
    support: Support, maya: Agent, afternoon: ConversationId, open_inbox: Open
) -> None:
    page = await open_inbox(maya, f"/{afternoon}", forced_colors="active")
    width = "part => getComputedStyle(part).borderTopWidth"
    for part in (".msg.out .body", ".item[aria-current]", "#send"):
        assert await page.locator(part).first.evaluate(width) == "1px"
    await page.evaluate("document.documentElement.dir = 'rtl'")
    for size in _SIZES.values():
        await page.set_viewport_size({"width": size[0], "height": size[1]})
        assert await misfits(page) == []
