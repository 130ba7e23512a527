"""A long list keeps what it shows, through signals, lost connections, acts and going back."""

from typing import TYPE_CHECKING

import brotli
import pytest

from bot.core.events import VisitorUnsent
from bot.core.model import ConversationId, Status
from bot.desk.agent import Agent
from bot.desk.types import ConversationChanges, Words
from tests.ui.conftest import DESK, HAND, Screen
from tests.ui.inbox.conftest import Open
from tests.ui.inbox.long_lists import COUNT, OFFSET, load, message_offset, offset, order, scroll_to
from tests.ui.inbox.support import Support, on_site
from tests.ui.waiting import until

if TYPE_CHECKING:
    from playwright.async_api import Page, Response

SIZES = pytest.mark.parametrize("size", [200, 1_000])
MOST_OF_A_SIGNAL = 8_000
IS_AT = f"([id, at]) => Math.abs(({OFFSET})(id) - at) <= 1"


async def open_long(open_inbox: Open, agent: Agent, size: int, query: str = "") -> "Page":
    page = await open_inbox(agent, query)
    await load(page, size)
    return page


def close(support: Support, talk: ConversationId, agent: Agent) -> None:
    support.desk.change(talk, 1, ConversationChanges(status=Status.CLOSED), agent.actor)


async def is_sound(page: "Page", size: int) -> bool:
    """Say whether nothing of what was loaded was lost or doubled."""
    shown = await order(page)
    return len(shown) >= size and len(set(shown)) == len(shown)


@SIZES
async def test_a_signal_leaves_the_reader_where_the_reader_is(
    support: Support, maya: Agent, open_inbox: Open, size: int
) -> None:
    talks = support.write_many(size + 30)
    page = await open_long(open_inbox, maya, size)
    focused, read, changed = talks[60:63]
    await scroll_to(page, focused)
    await page.locator(f"#c{focused} .item").focus()
    stood = await offset(page, read)
    support.write("A newcomer", on_site("new"))
    await page.locator("#rows li").first.get_by_text("A newcomer").wait_for()
    support.write("Changed", on_site("many0062"))
    await page.locator(f"#rows li:first-child#c{changed}").get_by_text("Changed").wait_for()
    support.desk.note(focused, Words("Read this", "c1"), maya.actor)
    await page.locator(f"#rows li:first-child#c{focused}").get_by_text("Read this").wait_for()
    assert await page.evaluate("document.activeElement.parentElement.id") == f"c{focused}"
    assert await offset(page, read) == stood
    assert await is_sound(page, size)


@SIZES
async def test_what_is_open_or_half_written_stays_so(
    support: Support, maya: Agent, open_inbox: Open, size: int
) -> None:
    talks = support.write_many(size)
    page = await open_long(open_inbox, maya, size)
    await scroll_to(page, talks[60])
    await page.locator(f"#c{talks[60]} .item").click()
    await page.locator("#text").fill("Half written")
    await page.locator("#assign").click()
    stood = await offset(page, talks[61])
    support.write("Another", on_site("many0010"))
    await page.locator(f"#rows li:first-child#c{talks[10]}").get_by_text("Another").wait_for()
    support.write("Hello?", on_site("many0060"))
    await page.locator("#log").get_by_text("Hello?").wait_for()
    assert await page.locator("#assign-menu").is_visible()
    assert await page.locator("#text").input_value() == "Half written"
    assert await page.locator(f"#rows #c{talks[60]} .item[aria-current]").count() == 1
    await page.locator(f"#rows li:first-child#c{talks[60]}").get_by_text("Hello?").wait_for()
    assert await offset(page, talks[61]) == stood
    assert await is_sound(page, size)


@pytest.mark.parametrize("size", [50, 1_000])
async def test_a_signal_costs_no_more_the_more_is_loaded(
    support: Support, maya: Agent, open_inbox: Open, size: int
) -> None:
    support.write_many(size + 10)
    page = await open_long(open_inbox, maya, size)
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - Playwright marks it
    support.write("Hello", on_site("many0000"))
    await page.locator("#rows li").first.get_by_text("Hello").wait_for()
    bodies = [await answer.body() for answer in answers if "/inbox/rows" in answer.url]
    assert [answer.url for answer in answers if "/inbox/list" in answer.url] == []
    assert len(bodies) == 1
    assert bodies[0].count(b"data-name") == 1
    assert sum(len(brotli.compress(body)) for body in bodies) <= MOST_OF_A_SIGNAL / 4


@SIZES
async def test_after_a_lost_connection_all_that_is_shown_is_right(
    support: Support, maya: Agent, open_inbox: Open, size: int
) -> None:
    talks = support.write_many(size + 30)
    page = await open_long(open_inbox, maya, size)
    stood = await scroll_to(page, talks[100])
    await support.stop()
    await page.get_by_text("No connection. Trying again…").wait_for()
    close(support, talks[120], maya)
    support.write("A newcomer", on_site("new"))
    support.write("Changed", on_site("many0080"))
    for number in range(60):
        support.write("One of many", on_site(f"crowd{number}"))
    await support.start()
    await page.locator(f"#c{talks[120]}").wait_for(state="detached")
    await page.locator(f"#c{talks[80]}").get_by_text("Changed").wait_for()
    await page.locator("#rows").get_by_text("A newcomer").wait_for()
    await until(page, f"{COUNT} >= {size + 60}")
    assert await offset(page, talks[100]) == stood
    assert await is_sound(page, size + 60)


async def test_rows_that_no_longer_belong_here_go_without_a_jump(
    support: Support, maya: Agent, jonas: Agent, open_inbox: Open
) -> None:
    talks = support.write_many(230)
    page = await open_long(open_inbox, maya, 200, "?v=unassigned")
    stood = await scroll_to(page, talks[60])
    taken = ConversationChanges(assignee=jonas.email)
    support.desk.change(talks[100], 1, taken, jonas.actor)
    await page.locator(f"#c{talks[100]}").wait_for(state="detached")
    support.desk.change(talks[30], 1, taken, jonas.actor)
    await page.locator(f"#c{talks[30]}").wait_for(state="detached")
    await page.get_by_role("link", name="Unassigned 228").wait_for()
    assert await offset(page, talks[60]) == stood
    assert await page.evaluate(COUNT) == 198


async def test_an_own_act_keeps_the_place(support: Support, maya: Agent, open_inbox: Open) -> None:
    talks = support.write_many(230)
    page = await open_long(open_inbox, maya, 200)
    await scroll_to(page, talks[60])
    await page.locator(f"#c{talks[60]} .item").click()
    await page.locator("#log").get_by_text("Question 60").wait_for()
    stood = await scroll_to(page, talks[40])
    await page.get_by_role("button", name="Close conversation").click()
    await page.locator(f"#c{talks[60]}").wait_for(state="detached")
    assert await offset(page, talks[40]) == stood
    assert await is_sound(page, 199)


async def test_who_is_answered_goes_where_the_order_has_it(
    support: Support, maya: Agent, open_inbox: Open
) -> None:
    talks = support.write_many(230)
    page = await open_long(open_inbox, maya, 200, "?order=waiting")
    stood = await scroll_to(page, talks[160])
    support.desk.reply(talks[100], Words("Yes", "c1"), maya.actor)
    await page.locator(f"#c{talks[100]}").wait_for(state="detached")  # behind all who wait
    support.write("First of all", on_site("many0120"))  # who waits already goes on waiting
    await page.locator(f"#c{talks[120]}").get_by_text("First of all").wait_for()
    assert await offset(page, talks[160]) == stood
    assert await order(page) == [talk for talk in talks[:200] if talk != talks[100]]
    await load(page, 230)
    assert (await order(page))[-1] == talks[100]


@pytest.mark.parametrize(("screen", "way"), [(DESK, "back"), (HAND, "back"), (HAND, "link")])
async def test_going_back_from_a_conversation_finds_the_list_at_its_place(
    support: Support, maya: Agent, open_inbox: Open, screen: Screen, way: str
) -> None:
    talks = support.write_many(230)
    page = await open_inbox(maya, "", screen)
    await load(page, 200)
    await scroll_to(page, talks[60])
    stood = await offset(page, talks[61])
    await page.locator(f"#c{talks[60]} .item").click()
    await page.locator("#log").get_by_text("Question 60").wait_for()
    support.write("While away", on_site("many0060"))
    await page.locator(f"#rows li:first-child#c{talks[60]}").wait_for(state="attached")
    if way == "back":
        await page.go_back()
    else:
        await page.get_by_role("link", name="Back to the list").click()
    await page.get_by_role("link", name="Back to the list").wait_for(state="detached")
    await until(page, IS_AT, [talks[61], stood])
    assert await is_sound(page, 200)


@pytest.mark.parametrize("screen", [DESK, HAND])
async def test_coming_back_from_another_page_finds_the_list_at_its_place(
    support: Support, maya: Agent, open_inbox: Open, screen: Screen
) -> None:
    talks = support.write_many(230)
    page = await open_inbox(maya, "?order=waiting", screen)
    await load(page, 200)
    stood = await scroll_to(page, talks[160])
    await page.goto(f"{support.origin}/inbox/contacts")
    await page.go_back()
    await until(page, IS_AT, [talks[160], stood])
    await page.reload()
    await until(page, IS_AT, [talks[160], stood])


async def test_a_conversation_read_back_for_long_goes_on_at_its_end(
    support: Support, maya: Agent, open_inbox: Open
) -> None:
    talk = support.write_at_length(1_200, on_site("ann"))
    page = await open_inbox(maya, f"/{talk}")
    earlier = page.get_by_role("link", name="Earlier messages")
    for first in range(1_101, 200, -50):
        await earlier.click()
        await page.locator(f"#m{first}").wait_for()
    stood = await message_offset(page, 300)
    support.write("The newest", on_site("ann"))
    await page.locator("#m1201").get_by_text("The newest").wait_for()
    support.report(VisitorUnsent("word_250", support.clock()), on_site("ann"), "word_250")
    await page.locator("#m251").get_by_text("Message deleted").wait_for()
    assert await page.locator("#log li[data-seq]").count() == 1_001
    assert await message_offset(page, 300) == stood
