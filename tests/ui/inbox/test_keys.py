"""Working without a mouse."""

from typing import TYPE_CHECKING

import pytest

from bot.core.model import ConversationId
from bot.desk.agent import Agent
from tests.ui.inbox.conftest import Open
from tests.ui.inbox.support import Support, on_site

if TYPE_CHECKING:
    from playwright.async_api import Page


@pytest.fixture
def talks(support: Support) -> list[ConversationId]:
    """Three visitors have written; the one who wrote last stands on top."""
    found = []
    for who in ("ann", "bob", "cyd"):
        found.append(support.write(f"It is {who}", on_site(who)))
        support.pass_time(seconds=1)
    return found[::-1]


async def is_open(page: "Page", talk: ConversationId) -> None:
    await page.locator(f"#thread[data-id='{talk}']").wait_for()
    await page.locator(f"#c{talk} [aria-current]").wait_for()


async def test_a_day_without_a_mouse(
    support: Support, talks: list[ConversationId], maya: Agent, open_inbox: Open
) -> None:
    page = await open_inbox(maya)
    for key, talk in [("j", talks[0]), ("j", talks[1]), ("j", talks[2]), ("k", talks[1])]:
        await page.keyboard.press(key)
        await is_open(page, talk)
    await page.keyboard.press("m")
    await page.get_by_role("button", name="Assignee: Maya Olsen").wait_for()
    await page.keyboard.press("r")
    await page.keyboard.type("jkrnamec/? are letters here")
    await page.keyboard.press("Enter")
    await page.locator("#log .msg.out").wait_for()
    await page.keyboard.press("Escape")
    await page.keyboard.press("n")
    assert await page.locator("#kind-note").is_checked()
    await page.keyboard.type("a note")
    await page.keyboard.press("Enter")
    await page.locator("#log .msg.note").wait_for()
    await page.keyboard.press("Escape")
    # talks[1] has gone to the top with its answer: the next one is the newest of the others
    await page.locator(f"#rows li:first-child#c{talks[1]}").wait_for()
    await page.keyboard.press("e")
    await is_open(page, talks[0])
    assert support.desk.conversation(talks[1]).status == "closed"


async def test_a_menu_is_moved_in_by_arrows(
    talks: list[ConversationId], maya: Agent, jonas: Agent, open_inbox: Open
) -> None:
    page = await open_inbox(maya, f"/{talks[0]}")
    await page.keyboard.press("a")
    await page.locator("#assign-nobody:focus").wait_for()
    await page.keyboard.press("ArrowDown")
    await page.locator(f"#assign-{jonas.id}:focus").wait_for()
    await page.keyboard.press("ArrowUp")
    await page.locator("#assign-nobody:focus").wait_for()
    await page.keyboard.press("Home")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Assignee: Jonas Berg").wait_for()
    assert not await page.locator("#assign-menu").is_visible()
    await page.keyboard.press("a")
    await page.keyboard.press("Escape")
    assert not await page.locator("#assign-menu").is_visible()
    assert await page.evaluate("document.activeElement.id") == "assign"


async def test_search_contact_and_the_list_of_keys(
    talks: list[ConversationId], maya: Agent, open_inbox: Open
) -> None:
    page = await open_inbox(maya, f"/{talks[0]}")
    await page.keyboard.press("/")
    await page.keyboard.type("ann")
    await page.locator("#rows li[data-name]").nth(1).wait_for(state="detached")
    await page.keyboard.press("Escape")
    await page.keyboard.press("c")
    await page.get_by_role("group", name="Add contact").wait_for()
    await page.keyboard.press("Escape")
    await page.locator("#log").focus()
    await page.keyboard.press("?")
    await page.get_by_role("dialog", name="Keys").wait_for()
    await page.keyboard.press("j")  # nothing happens behind it
    await page.keyboard.press("Escape")
    await page.get_by_role("dialog", name="Keys").wait_for(state="hidden")
    await page.locator(f"#thread[data-id='{talks[0]}']").wait_for()


async def test_letters_with_modifiers_are_the_browsers(
    talks: list[ConversationId], maya: Agent, open_inbox: Open
) -> None:
    page = await open_inbox(maya, f"/{talks[0]}")
    for key in ("Control+e", "Alt+m", "Meta+j"):
        await page.keyboard.press(key)
    await page.wait_for_timeout(100)
    await page.locator(f"#thread[data-id='{talks[0]}'][data-status=open]").wait_for()
    await page.get_by_role("button", name="Assignee: nobody").wait_for()


async def test_who_has_switched_letters_off_has_none(
    talks: list[ConversationId], maya: Agent, open_inbox: Open
) -> None:
    page = await open_inbox(maya, f"/{talks[0]}")
    await page.evaluate("document.documentElement.dataset.shortcuts = 'off'")
    await page.keyboard.press("e")
    await page.keyboard.press("m")
    await page.wait_for_timeout(100)
    await page.get_by_role("button", name="Assignee: nobody").wait_for()
    await page.locator("#thread[data-status=open]").wait_for()
