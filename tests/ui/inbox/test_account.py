"""The pages around the inbox in a real browser: signing in, settings, the team, saved replies."""

import pytest

from bot.desk.agent import Agent
from bot.desk.saved_replies import SavedReplies
from tests.bot.agents import PASSWORD
from tests.ui.axe import violations
from tests.ui.conftest import DESK, DESK_AT_NIGHT, HAND, HAND_AT_NIGHT, Screen, Windows
from tests.ui.fitting import misfits
from tests.ui.inbox.support import Support
from tests.ui.pictures import assert_looks_the_same, skip_unless_comparable

SCREENS = {
    "desk": DESK,
    "desk-at-night": DESK_AT_NIGHT,
    "hand": HAND,
    "hand-at-night": HAND_AT_NIGHT,
}
SHIPPING = "We ship within two working days; you get a link to follow the parcel."


@pytest.fixture
def shelf(support: Support) -> SavedReplies:
    """Two saved replies."""
    shelf = SavedReplies(support.database, support.clock)
    shelf.add("shipping-times", SHIPPING, "maya@shop.example")
    shelf.add("hours", "We are here Monday to Friday, 9 to 5.", "maya@shop.example")
    return shelf


async def test_signing_in_takes_two_fields_and_leads_on(
    windows: Windows, support: Support, maya: Agent
) -> None:
    page = await windows.page()
    await page.goto(f"{support.origin}/inbox/settings")
    assert await page.title() == "Sign in · Whosthere"
    await page.keyboard.type(maya.email)
    await page.keyboard.press("Tab")
    await page.keyboard.type("wrong horse")
    await page.keyboard.press("Enter")
    await page.get_by_role("alert").get_by_text("Email or password is wrong.").wait_for()
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/inbox/settings")
    assert await page.get_by_label("Name").input_value() == maya.name
    await page.get_by_role("button", name="Sign out everywhere").click()
    await page.wait_for_url("**/inbox/login")
    await page.goto(f"{support.origin}/inbox")
    await page.wait_for_url("**/inbox/login")


async def test_what_is_chosen_stays_chosen(windows: Windows, support: Support, maya: Agent) -> None:
    page = await support.window(windows, maya)
    await page.goto(f"{support.origin}/inbox/settings")
    await page.get_by_label("Keys").uncheck()
    await page.get_by_label("Sound").check()
    await page.get_by_role("button", name="Save").click()
    await page.get_by_role("status").get_by_text("Saved.").wait_for()
    assert not await page.get_by_label("Keys").is_checked()
    assert await page.get_by_label("Sound").is_checked()
    root = page.locator("html")
    assert await root.get_attribute("data-shortcuts") == "off"
    assert await root.get_attribute("data-sound") == "on"


async def test_notifications_need_the_browsers_word(
    windows: Windows, support: Support, maya: Agent
) -> None:
    page = await support.window(windows, maya)  # which grants nothing
    await page.goto(f"{support.origin}/inbox/settings")
    await page.evaluate("Notification.requestPermission = async () => 'denied'")
    await page.get_by_label("Desktop notifications").click()
    await page.get_by_text("Your browser does not allow this page to show any.").wait_for()
    assert not await page.get_by_label("Desktop notifications").is_checked()
    await page.evaluate("Notification.requestPermission = async () => 'granted'")
    await page.get_by_label("Desktop notifications").check()


async def test_a_saved_reply_is_changed_where_it_stands(
    windows: Windows, support: Support, maya: Agent, shelf: SavedReplies
) -> None:
    page = await support.window(windows, maya)
    await page.goto(f"{support.origin}/inbox/replies")
    await page.get_by_text("/hours").click()
    opened = page.get_by_role("listitem").filter(has_text="/hours")
    await opened.get_by_label("Shortcut").fill("shipping-times")
    await opened.get_by_role("button", name="Save").click()
    await page.get_by_role("alert").get_by_text("Another saved reply has").wait_for()
    await opened.get_by_label("Shortcut").fill("times")
    await opened.get_by_role("button", name="Save").click()
    await page.get_by_text("/times").wait_for()
    await page.get_by_text("/times").click()
    times = page.get_by_role("listitem").filter(has_text="/times")
    await times.get_by_role("button", name="Delete").click()
    await page.get_by_role("status").get_by_text("Deleted.").wait_for()
    assert [reply.shortcut for reply in shelf.list()] == ["shipping-times"]


@pytest.mark.usefixtures("jonas", "shelf")
@pytest.mark.parametrize("name", SCREENS)
@pytest.mark.parametrize("path", ["login", "settings", "team", "replies"])
async def test_the_pages_around_the_inbox(
    windows: Windows, support: Support, maya: Agent, path: str, name: str
) -> None:
    screen: Screen = SCREENS[name]
    if path == "login":
        page = await windows.page(screen)
    else:
        page = await support.window(windows, maya, screen)
    await page.goto(f"{support.origin}/inbox/{path}")
    if path == "replies":
        await page.get_by_text("/hours").click()
    assert await violations(page) == []
    assert await misfits(page) == []
    skip_unless_comparable(windows.browser)
    await page.set_viewport_size({"width": screen.width, "height": 1_000})
    await page.evaluate("document.activeElement?.blur()")
    await assert_looks_the_same(page, f"account-{path}-{name}")
    assert windows.complaints == []
