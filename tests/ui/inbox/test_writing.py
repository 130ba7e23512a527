"""Answering, noting, assigning, closing: with what is refused said before it is sent."""

from typing import TYPE_CHECKING

import pytest

pytest.importorskip("playwright.async_api", reason="Playwright is not installed")

from playwright.async_api import expect

from bot.core.events import ThreadTaken
from bot.core.model import ConversationId
from bot.desk.agent import Agent
from bot.desk.saved_replies import SavedReplies
from bot.desk.types import Words
from bot.ports.errors import OutcomeUnknownError
from tests.ui.inbox.conftest import Open
from tests.ui.inbox.support import Support, on_messenger, on_site

if TYPE_CHECKING:
    from playwright.async_api import Page

ANN, BOB = on_site("ann"), on_messenger("bob")


@pytest.fixture
def talk(support: Support) -> ConversationId:
    """Ann waits for an answer in the web chat."""
    return support.write("Do you ship to Iceland?", ANN)


@pytest.fixture
def page_talk(support: Support) -> ConversationId:
    """Bob waits for an answer on Messenger."""
    return support.write("Do you ship to Oslo?", BOB)


def said(support: Support, talk: ConversationId) -> list[tuple[str, str]]:
    rows = support.office.rows("messages", conversation_id=talk)
    return [(row["kind"], row["text"]) for row in rows][1:]


async def shows(page: "Page", text: str) -> None:
    await page.locator("#log").get_by_text(text, exact=True).first.wait_for()


async def test_enter_sends_shift_enter_begins_a_line(
    support: Support, talk: ConversationId, maya: Agent, open_inbox: Open
) -> None:
    page = await open_inbox(maya, f"/{talk}")
    field = page.locator("#text")
    await field.fill("Yes,")
    await field.press("Shift+Enter")
    await field.press_sequentially("we do")
    await field.press("Enter")
    await page.locator("#log .msg.out").wait_for()
    assert said(support, talk) == [("text", "Yes,\nwe do")]
    assert await field.input_value() == ""
    assert await page.evaluate("document.activeElement.id") == "text"
    await field.fill("And to Norway")
    await field.press("Enter")
    await shows(page, "And to Norway")
    assert len(said(support, talk)) == 2


async def test_ctrl_enter_sends_and_closes(
    support: Support, talk: ConversationId, maya: Agent, open_inbox: Open
) -> None:
    page = await open_inbox(maya, f"/{talk}")
    await page.locator("#text").fill("Bye")
    await page.locator("#text").press("Control+Enter")
    await page.get_by_role("button", name="Reopen conversation").wait_for()
    await shows(page, "Bye")
    await page.locator(f"#c{talk}").wait_for(state="detached")


async def test_a_note_is_for_the_team(
    support: Support, talk: ConversationId, maya: Agent, open_inbox: Open
) -> None:
    page = await open_inbox(maya, f"/{talk}")
    await page.get_by_text("Note", exact=True).click()
    assert await page.locator("#text").get_attribute("placeholder") == "Write a note for your team"
    support.write("Hello?", ANN)  # the page is drawn again, the choice stays
    await shows(page, "Hello?")
    await page.locator("#text").fill("Ask Jonas")
    await page.locator("#text").press("Enter")
    await page.get_by_text("Note by Maya · only your team sees this").wait_for()
    assert said(support, talk)[-1] == ("note", "Ask Jonas")


async def test_a_draft_survives_signals_other_conversations_and_a_reload(
    support: Support,
    talk: ConversationId,
    page_talk: ConversationId,
    maya: Agent,
    open_inbox: Open,
) -> None:
    page = await open_inbox(maya, f"/{talk}")
    field = page.locator("#text")
    await field.fill("half a sent")
    support.write("Are you there?", ANN)
    await shows(page, "Are you there?")
    assert await field.input_value() == "half a sent"
    assert await page.evaluate("document.activeElement.id") == "text"
    await page.locator(f"#c{page_talk} a").click()
    await shows(page, "Do you ship to Oslo?")
    assert await field.input_value() == ""
    await page.locator(f"#c{talk} a").click()
    await shows(page, "Are you there?")
    assert await field.input_value() == "half a sent"
    await page.reload()
    assert await field.input_value() == "half a sent"
    await field.press("Enter")
    await shows(page, "half a sent")
    await page.reload()
    assert await field.input_value() == ""


async def test_what_is_refused_stands_under_the_field_and_the_text_stays(
    talk: ConversationId, maya: Agent, open_inbox: Open
) -> None:
    page = await open_inbox(maya, f"/{talk}")
    await page.locator("#text").fill("  ")
    await page.locator("#send").click()
    await page.get_by_role("alert").get_by_text("Write something first.").wait_for()
    await page.locator("#text").fill("x")
    assert await page.get_by_role("alert").inner_text() == ""


async def test_without_a_connection_the_same_message_is_sent_again_once(
    support: Support, talk: ConversationId, maya: Agent, open_inbox: Open
) -> None:
    page = await open_inbox(maya, f"/{talk}")
    lost = f"**/inbox/{talk}/messages*"

    async def swallow(route: object) -> None:
        await route.fetch()  # type: ignore[attr-defined]  # it arrives, the answer is lost
        await route.abort()  # type: ignore[attr-defined]  # Playwright's Route

    await page.route(lost, swallow)
    await page.locator("#text").fill("Yes")
    await page.locator("#text").press("Enter")
    await page.get_by_text("Not sent: no connection.").wait_for()
    await page.unroute(lost)
    assert await page.locator("#text").input_value() == "Yes"
    await page.locator("#text").press("Enter")
    await expect(page.locator("#text")).to_have_value("")
    assert said(support, talk) == [("text", "Yes")]


async def test_what_is_too_long_is_said_while_it_is_written(
    page_talk: ConversationId, maya: Agent, open_inbox: Open
) -> None:
    page = await open_inbox(maya, f"/{page_talk}")
    field, hint, send = page.locator("#text"), page.locator("[data-hint]"), page.locator("#send")
    await field.fill("x" * 1_900)
    assert await hint.inner_text() == ""
    await field.fill("x" * 1_901)
    assert (
        await hint.inner_text() == "Messenger takes 1,900 characters at a time: goes out in 2 parts"
    )
    assert await send.is_enabled()
    await field.fill("x" * 4_001)
    assert await hint.inner_text() == "1 characters too long"
    assert await send.is_disabled()
    await field.fill("short")
    assert await send.is_enabled()


async def test_outside_the_window_the_page_says_why_and_offers_the_note(
    support: Support, page_talk: ConversationId, maya: Agent, open_inbox: Open
) -> None:
    support.pass_time(hours=24)
    page = await open_inbox(maya, f"/{page_talk}")
    await page.get_by_text("The channel does not let us write so long").wait_for()
    assert await page.locator("#kind-reply").is_disabled()
    assert await page.locator("#kind-note").is_checked()
    support.write("Hello again", BOB)
    await shows(page, "Hello again")
    assert await page.locator("#kind-reply").is_enabled()


async def test_another_app_that_takes_the_conversation_is_told_at_once(
    support: Support, page_talk: ConversationId, maya: Agent, open_inbox: Open
) -> None:
    page = await open_inbox(maya, f"/{page_talk}")
    await page.locator("#text").fill("half")
    support.report(ThreadTaken(support.clock()), BOB)
    await page.locator("#obstacle").get_by_text("Another app has the conversation.").wait_for()
    assert await page.locator("#text").input_value() == "half"


async def test_an_uncertain_delivery_can_be_tried_again(
    support: Support, page_talk: ConversationId, maya: Agent, open_inbox: Open
) -> None:
    def lose(*_: object) -> None:
        raise OutcomeUnknownError(reason)

    reason = "No confirmation came back."
    support.office.channel.answer = lose
    support.desk.reply(page_talk, Words("Yes", "c1"), maya.actor)
    support.work()
    support.pass_time(minutes=3)
    support.office.channel.answer = lambda *_: None
    page = await open_inbox(maya, f"/{page_talk}")
    await page.get_by_text("Delivery uncertain. No confirmation came back.").wait_for()
    await page.get_by_role("button", name="Retry").dblclick()
    await page.get_by_text("Maya · 14:36 · Sending…").wait_for()
    support.work()
    await page.reload()
    await page.get_by_text("Maya · 14:36 · Sent").wait_for()
    assert support.office.channel.texts.count("Yes") == 2


async def test_the_visitor_is_asked_by_hand_and_a_second_time_refused(
    support: Support, talk: ConversationId, maya: Agent, open_inbox: Open
) -> None:
    page = await open_inbox(maya, f"/{talk}")

    async def ask() -> None:
        await page.get_by_role("button", name="More actions").click()
        await page.get_by_role("menuitem", name="Ask for the email").click()

    await ask()
    await page.get_by_text("You wanted the email asked for").wait_for()
    support.work()
    await page.get_by_text("Asked for an email: no answer yet").wait_for()
    await ask()
    await page.locator("#notice").get_by_text("The visitor has been asked once.").wait_for()


async def test_a_saved_reply_is_found_by_a_slash(
    support: Support, talk: ConversationId, maya: Agent, open_inbox: Open
) -> None:
    shelf = SavedReplies(support.database, support.clock)
    shelf.add("hi", "Hello, I am Maya", maya.email)
    shelf.add("hours", "We are here from 9 to 5", maya.email)
    page = await open_inbox(maya, f"/{talk}")
    field = page.locator("#text")
    await field.press_sequentially("/h")
    await page.locator("#replies li").nth(1).wait_for()
    await field.press("ArrowDown")
    await field.press("Enter")
    assert await field.input_value() == "We are here from 9 to 5"
    assert not await page.locator("#replies").is_visible()
    await field.fill("/hi")
    await page.locator("#replies li", has_text="Hello, I am Maya").click()
    assert await field.input_value() == "Hello, I am Maya"
    await field.fill("no / here")
    assert not await page.locator("#replies").is_visible()


async def test_the_visitors_typing_is_seen_in_both_panes(
    support: Support, talk: ConversationId, maya: Agent, open_inbox: Open
) -> None:
    page = await open_inbox(maya, f"/{talk}")
    support.type_as_visitor(ANN)
    await page.locator("#typing .dots").wait_for()
    await page.locator(f"#c{talk}").get_by_text("typing…").wait_for()
