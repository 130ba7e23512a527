"""The pictures of the chat, and what axe-core says about each."""

import pytest
import pytest_asyncio

from tests.ui.axe import violations
from tests.ui.conftest import DESK, DESK_AT_NIGHT, HAND, HAND_AT_NIGHT, Screen, Windows
from tests.ui.pictures import assert_looks_the_same, skip_unless_comparable, why_incomparable
from tests.ui.widget.chat import Chat
from tests.ui.widget.shop import Visitor
from tests.ui.widget.states import every_state

_SCREENS = {
    "desk": DESK,
    "desk-at-night": DESK_AT_NIGHT,
    "hand": HAND,
    "hand-at-night": HAND_AT_NIGHT,
}
_WIDE = 440  # the chat, its shadow and a bit of the page
_MORNING = "2026-11-22T09:12:00+00:00"


@pytest.fixture(params=_SCREENS)
def place(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest_asyncio.fixture(loop_scope="session")
async def somebody(windows: Windows, site: str, chat: Chat, place: str) -> Visitor:
    chat.set_clock(_MORNING)
    context = await windows.context(_SCREENS[place], timezone_id="UTC", locale="en-US")
    await context.clock.set_fixed_time(_MORNING)
    return await Visitor.arrive(context, site, data_theme="auto")


async def test_each_state_looks_as_approved_and_keeps_nobody_out(
    windows: Windows, somebody: Visitor, chat: Chat, place: str
) -> None:
    incomparable = why_incomparable(windows.browser)
    left = max(0, _SCREENS[place].width - _WIDE)
    found = {}
    async for state in every_state(somebody, chat):
        if not incomparable:
            await somebody.page.mouse.move(2, 2)
            await assert_looks_the_same(somebody.page, f"{place}-{state}", left)
        found[state] = await violations(somebody.page)
        if state not in {"closed", "unread"}:
            found[f"{state} inside"] = await violations(somebody.inside)
    assert {state: wrong for state, wrong in found.items() if wrong} == {}
    if incomparable:
        pytest.skip(incomparable)


async def test_its_absence_looks_as_approved(
    windows: Windows, somebody: Visitor, place: str
) -> None:
    skip_unless_comparable(windows.browser)
    await somebody.page.route("**/chat/frame?*", lambda route: route.fulfill(status=500))
    await somebody.launcher.click()
    await somebody.page.get_by_role("alert").wait_for()
    await somebody.page.mouse.move(2, 2)
    assert await violations(somebody.page) == []
    left = max(0, _SCREENS[place].width - _WIDE)
    await assert_looks_the_same(somebody.page, f"{place}-unavailable", left)


@pytest.mark.parametrize("name", ["away", "rtl", "required", "german"])
async def test_its_variants_look_as_approved(
    windows: Windows, site: str, chat: Chat, name: str
) -> None:
    skip_unless_comparable(windows.browser)
    attributes = {"rtl": {"dir": "rtl"}, "german": {"lang": "de"}}.get(name, {})
    if name == "away":
        chat.go_away()
    await chat.change(consent_mode="required" if name == "required" else "notice")
    chat.set_clock(_MORNING)
    context = await windows.context(Screen(480, 760), timezone_id="UTC", locale="en-US")
    await context.clock.set_fixed_time(_MORNING)
    visitor = await Visitor.arrive(context, site, **attributes)
    await visitor.open()
    if name != "away":
        await visitor.write("Hello")
        await visitor.frame.locator(".visitor:not(.pending)").wait_for()
        await chat.ask(None if name == "german" else "Where should we email our reply?")
        await visitor.email.wait_for()
    assert await violations(visitor.inside) == []
    await assert_looks_the_same(visitor.page, f"variant-{name}")
