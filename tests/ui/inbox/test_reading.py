"""Finding conversations and reading them while they go on."""

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from bot.core.arrivals import MessagesSeen
from bot.core.model import ConversationId
from bot.desk.agent import Agent
from bot.desk.types import Person, Words
from bot.erasure import erase_person
from tests.ui.conftest import DESK, Screen, Windows
from tests.ui.inbox.conftest import Open
from tests.ui.inbox.support import Support, on_messenger, on_site
from tests.ui.waiting import until

if TYPE_CHECKING:
    from playwright.async_api import Page

ANN, BOB = on_site("ann"), on_messenger("bob")


@pytest.fixture
def talk(support: Support) -> ConversationId:
    """Ann has asked about Iceland, and Bob about Oslo."""
    support.write("Do you ship to Oslo?", BOB)
    support.pass_time(minutes=1)
    return support.write("Do you ship to Iceland?", ANN)


async def shows(page: "Page", text: str) -> None:
    await page.locator("#log").get_by_text(text, exact=True).first.wait_for()


async def test_a_new_conversation_appears_by_itself(
    support: Support, maya: Agent, open_inbox: Open
) -> None:
    page = await open_inbox(maya)
    await page.get_by_text("No open conversation.").wait_for()
    support.write("Do you ship to Iceland?", ANN)
    await page.locator("#rows").get_by_text("Do you ship to Iceland?").wait_for()
    await page.locator(".count", has_text="1").wait_for()
    assert (await page.title()).startswith("(1) ")


async def test_opening_one_shows_it_marks_it_read_and_back_works(
    talk: ConversationId, maya: Agent, open_inbox: Open
) -> None:
    page = await open_inbox(maya, "?order=waiting")
    await page.locator(f"#c{talk} a").click()
    await shows(page, "Do you ship to Iceland?")
    assert page.url.endswith(f"/inbox/{talk}?order=waiting")
    await page.locator(f"#c{talk}[data-unread='0']").wait_for()
    assert await page.locator("#rows [aria-current]").count() == 1
    await page.go_back()
    await page.get_by_text("Choose a conversation").wait_for()
    assert page.url.endswith("/inbox?order=waiting")
    await page.go_forward()
    await shows(page, "Do you ship to Iceland?")


async def test_views_and_filters_are_addresses(
    talk: ConversationId, maya: Agent, open_inbox: Open
) -> None:
    page = await open_inbox(maya, f"/{talk}")
    await page.get_by_role("link", name="Mine 0").click()
    await page.get_by_text("You have no open conversation.").wait_for()
    assert page.url.endswith(f"/inbox/{talk}?v=mine")
    await page.get_by_role("link", name="All 2").click()
    await page.wait_for_url(f"**/inbox/{talk}")
    await page.get_by_label("Order").select_option("waiting")
    await page.wait_for_url("**/inbox/*?order=waiting")
    first = page.locator("#rows li").first
    await first.get_by_text("Do you ship to Oslo?").wait_for()
    await page.go_back()
    await page.wait_for_url(f"**/inbox/{talk}")


async def test_a_search_starts_while_typing_and_keeps_the_focus(
    talk: ConversationId, support: Support, maya: Agent, open_inbox: Open
) -> None:
    page = await open_inbox(maya)
    field = page.get_by_role("searchbox")
    await field.press_sequentially("Icel")
    await page.wait_for_url("**/inbox?q=Icel")
    await page.locator("#rows li[data-name]").nth(1).wait_for(state="detached")
    assert await page.evaluate("document.activeElement.id") == "q"
    support.write("Iceland too", BOB)  # a signal asks again for what is searched
    await page.locator("#rows li[data-name]").nth(1).wait_for()
    await field.fill("zzz")
    await page.get_by_text("Nothing here holds").wait_for()
    await field.fill("")
    await page.locator("#rows li[data-name]").nth(1).wait_for()


async def test_a_result_opens_where_it_was_said_and_stays_marked(
    talk: ConversationId, support: Support, maya: Agent, open_inbox: Open
) -> None:
    for number in range(90):
        support.write(f"One more, {number}", ANN)
    page = await open_inbox(maya)
    await page.get_by_role("searchbox").fill("iceland SHIP")
    row = page.locator(f"#c{talk} .item")
    await expect(row.locator("mark")).to_have_text(["ship", "Iceland"])
    await row.click()
    found = page.locator("#m1.found")
    await found.wait_for()
    assert page.url.endswith(f"/inbox/{talk}?q=iceland+SHIP&at=1")
    await expect(found).to_be_in_viewport()
    support.write("And one that comes meanwhile", ANN)
    await page.locator(f"#c{talk} .count", has_text="72").wait_for()
    await expect(found).to_be_in_viewport()
    await page.get_by_text("Latest messages").click()
    await shows(page, "And one that comes meanwhile")
    await page.go_back()
    await expect(found).to_be_in_viewport()


async def test_the_list_goes_on_when_its_end_is_reached(
    support: Support, maya: Agent, open_inbox: Open
) -> None:
    for number in range(60):
        support.write("Hello", on_site(f"v{number}"))
        support.pass_time(seconds=1)
    page = await open_inbox(maya)
    rows = page.locator("#rows li[data-name]")
    assert await rows.count() == 50
    await rows.last.scroll_into_view_if_needed()
    await rows.nth(59).wait_for()
    support.write("One more", on_site("v0"))  # what was further down stays there
    await rows.first.get_by_text("One more").wait_for()
    assert await rows.count() == 60


async def test_the_open_conversation_goes_on_by_itself_and_is_read_at_once(
    support: Support, talk: ConversationId, maya: Agent, open_inbox: Open
) -> None:
    page = await open_inbox(maya, f"/{talk}")
    support.write("Are you there?", ANN)
    await shows(page, "Are you there?")
    await page.locator(f"#c{talk}[data-unread='0']").get_by_text("Are you there?").wait_for()
    support.desk.reply(talk, Words("Yes", "c1"), maya.actor)
    await page.get_by_text("Maya · 14:37 · Sent").wait_for()
    support.pass_time(seconds=1)
    support.report(MessagesSeen(support.clock()), ANN)
    await page.get_by_text("Maya · 14:37 · Seen").wait_for()


async def test_who_has_scrolled_up_stays_there_and_who_reads_the_end_follows(
    support: Support, talk: ConversationId, maya: Agent, open_inbox: Open
) -> None:
    for number in range(70):
        support.write(f"number {number}", ANN)
    page = await open_inbox(maya, f"/{talk}")
    place = "document.querySelector('#log')"
    gap = f"{place}.scrollHeight - {place}.scrollTop - {place}.clientHeight"
    assert await page.evaluate(gap) <= 1
    support.write("at the end", ANN)
    await shows(page, "at the end")
    assert await page.evaluate(gap) <= 1
    await page.evaluate(f"{place}.scrollTop = 200")
    support.write("further down", ANN)
    await shows(page, "further down")
    assert await page.evaluate(f"{place}.scrollTop") == 200


async def test_earlier_messages_come_above_what_is_read(
    support: Support, talk: ConversationId, maya: Agent, open_inbox: Open
) -> None:
    for number in range(120):
        support.write(f"number {number}", ANN)
    page = await open_inbox(maya, f"/{talk}")
    oldest = page.locator("#log .msg").first
    assert await oldest.get_attribute("data-seq") == "72"
    await page.evaluate("document.querySelector('#log').scrollTop = 0")
    before = await page.locator("#m72").bounding_box()
    await page.get_by_role("link", name="Earlier messages").click()
    await page.locator("#m22").wait_for()
    after = await page.locator("#m72").bounding_box()
    assert before
    assert after
    assert abs(before["y"] - after["y"]) < 60  # but for the link and the day's line
    support.write("the newest", ANN)
    await shows(page, "the newest")
    assert await page.locator("#m22").count() == 1


async def test_the_reason_is_there_without_a_mouse(
    support: Support, talk: ConversationId, maya: Agent, open_inbox: Open
) -> None:
    page = await open_inbox(maya, f"/{talk}")
    why = page.get_by_role("button", name="Why")
    await why.focus()
    await page.keyboard.press("Enter")
    await page.locator(".tip").get_by_text("Waiting 60 s for an agent's reply.").wait_for()
    support.pass_time(seconds=61)
    support.work()
    await page.get_by_text("Asked for an email: no answer yet").wait_for()


async def test_times_are_those_of_the_agents_place(
    talk: ConversationId, maya: Agent, open_inbox: Open
) -> None:
    page = await open_inbox(maya, f"/{talk}", timezone_id="Asia/Tokyo")
    await page.locator("#log").get_by_text("23:37").first.wait_for()


@pytest.mark.parametrize("screen", [Screen(390, 844, is_phone=True)])
async def test_on_a_phone_there_is_one_pane_and_a_way_back(
    talk: ConversationId, maya: Agent, open_inbox: Open, screen: Screen
) -> None:
    page = await open_inbox(maya, "?order=waiting", screen)
    await page.locator(f"#c{talk} a").click()
    await shows(page, "Do you ship to Iceland?")
    assert not await page.locator("#list").is_visible()
    await page.get_by_role("button", name="Details").click()
    await page.locator("#details").get_by_text("Anonymous").wait_for()
    await page.keyboard.press("Escape")
    await page.locator("#details").wait_for(state="hidden")
    await page.get_by_role("link", name="Back to the list").click()
    await page.locator(f"#c{talk}").wait_for()
    assert page.url.endswith("/inbox?order=waiting")
    assert not await page.locator("#thread").is_visible()


async def test_everything_is_found_without_scripts(
    talk: ConversationId, maya: Agent, support: Support, windows: Windows
) -> None:
    context = await windows.context(DESK, java_script_enabled=False)
    await support.sign_in(context, maya)
    page = await context.new_page()
    await page.goto(f"{support.origin}/inbox")
    await page.locator(f"#c{talk} a").click()
    await page.locator("#text").fill("Yes, we do")
    await page.get_by_role("button", name="Send", exact=False).click()
    await shows(page, "Yes, we do")
    await page.get_by_role("button", name="Close conversation").click()
    await page.get_by_role("button", name="Reopen conversation").wait_for()


async def test_the_end_stays_in_sight_while_the_field_grows_and_dots_appear(
    support: Support, talk: ConversationId, maya: Agent, open_inbox: Open
) -> None:
    for number in range(40):
        support.write(f"number {number}", ANN)
    page = await open_inbox(maya, f"/{talk}")
    place = "document.querySelector('#log')"
    is_at_end = f"{place}.scrollHeight - {place}.scrollTop - {place}.clientHeight <= 1"
    await page.locator("#text").fill("line\n" * 8)
    await until(page, is_at_end)
    support.type_as_visitor(ANN)
    await page.locator("#typing").wait_for()
    await until(page, is_at_end)
    support.write("done", ANN)
    await shows(page, "done")
    await page.locator("#typing").wait_for(state="hidden")
    await until(page, is_at_end)


async def test_who_is_erased_while_being_read_is_gone_from_every_pane(
    support: Support, talk: ConversationId, maya: Agent, open_inbox: Open
) -> None:
    support.desk.associate_person(talk, Person("ann@example.com", "Ann"), maya.actor)
    page = await open_inbox(maya, f"/{talk}")
    erase_person(support.database, "ann@example.com", support.clock(), support.doorbell)
    await page.get_by_text("This conversation is not here any more.").wait_for()
    await page.locator(f"#c{talk}").wait_for(state="detached")
    assert await page.locator("#details").count() == 0
    assert "Iceland" not in await page.locator("body").inner_text()


async def test_a_lost_connection_is_told_and_nothing_is_missed(
    support: Support, talk: ConversationId, maya: Agent, open_inbox: Open
) -> None:
    page = await open_inbox(maya, f"/{talk}")
    await support.stop()
    await page.get_by_text("No connection. Trying again…").wait_for()
    support.write("Are you there?", ANN)
    await support.start()
    await shows(page, "Are you there?")
    await page.get_by_text("No connection. Trying again…").wait_for(state="hidden")
