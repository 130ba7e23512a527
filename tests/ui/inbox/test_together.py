"""Two agents at once: what one does the other sees, and who comes second is told."""

from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from bot.core.model import ConversationId
from bot.desk.agent import Agent
from tests.ui.inbox.conftest import Open
from tests.ui.inbox.support import Support, on_site

if TYPE_CHECKING:
    from playwright.async_api import Page

ANN = on_site("ann")


@pytest.fixture
def talk(support: Support) -> ConversationId:
    """Ann waits for an answer."""
    return support.write("Do you ship to Iceland?", ANN)


@pytest_asyncio.fixture(loop_scope="session")
async def both(
    talk: ConversationId, maya: Agent, jonas: Agent, open_inbox: Open
) -> tuple["Page", "Page"]:
    """Maya's and Jonas's windows onto the same conversation."""
    return await open_inbox(maya, f"/{talk}"), await open_inbox(jonas, f"/{talk}")


async def go_deaf(page: "Page") -> None:
    """Let a window hear and ask nothing more, as on a bad line; acts still go out."""
    await page.route("**/thread*", lambda route: route.abort())


async def test_an_answer_of_one_is_seen_by_the_other(both: tuple["Page", "Page"]) -> None:
    first, second = both
    await first.locator("#text").fill("Yes, we do")
    await second.get_by_text("Maya is replying").wait_for()
    await first.locator("#text").press("Enter")
    await second.get_by_text("Yes, we do", exact=True).first.wait_for()


async def test_assigning_reaches_the_others_window(both: tuple["Page", "Page"]) -> None:
    first, second = both
    await first.get_by_role("button", name="Assignee: nobody").click()
    await first.get_by_role("menuitemradio", name="Jonas Berg").click()
    await first.get_by_role("button", name="Assignee: Jonas Berg").wait_for()
    await second.get_by_role("button", name="Assignee: Jonas Berg").wait_for()
    await second.get_by_role("link", name="Mine 1").wait_for()
    await second.get_by_text("Maya Olsen gave the conversation to you").wait_for()


async def test_closing_and_reopening_reach_the_others_window(both: tuple["Page", "Page"]) -> None:
    first, second = both
    await first.get_by_role("button", name="Close conversation").click()
    await second.get_by_role("button", name="Reopen conversation").click()
    await first.get_by_role("button", name="Close conversation").wait_for()
    await first.get_by_text("Jonas Berg reopened the conversation").wait_for()


async def test_who_closes_what_is_closed_is_told_by_whom(both: tuple["Page", "Page"]) -> None:
    first, second = both
    await go_deaf(first)
    await second.get_by_role("button", name="Close conversation").click()
    await second.get_by_role("button", name="Reopen conversation").wait_for()
    await first.get_by_role("button", name="Close conversation").click()
    told = first.locator("#notice")
    await told.get_by_text("Jonas Berg closed it a moment ago.").wait_for()
    await first.get_by_role("button", name="Reopen conversation").wait_for()


async def test_of_two_who_take_it_one_gets_it(
    support: Support, talk: ConversationId, both: tuple["Page", "Page"]
) -> None:
    first, second = both
    await go_deaf(first)
    await second.get_by_role("button", name="Assignee: nobody").click()
    await second.get_by_role("menuitemradio", name="Jonas Berg (you)").click()
    await second.get_by_role("button", name="Assignee: Jonas Berg").wait_for()
    await first.get_by_role("button", name="Assignee: nobody").click()
    await first.get_by_role("menuitemradio", name="Maya Olsen (you)").click()
    await first.locator("#notice").get_by_text("Jonas Berg took it a moment ago.").wait_for()
    assert support.desk.conversation(talk).assignee == "jonas@shop.example"


async def test_both_may_answer_and_nothing_is_lost(
    support: Support, talk: ConversationId, both: tuple["Page", "Page"]
) -> None:
    for page, text in zip(both, ("from Maya", "from Jonas"), strict=True):
        await page.locator("#text").fill(text)
    for page in both:
        await page.locator("#text").press("Enter")
    for page in both:
        for text in ("from Maya", "from Jonas"):
            await page.locator("#log").get_by_text(text, exact=True).wait_for()
    assert len(support.office.rows("messages", conversation_id=talk)) == 3
