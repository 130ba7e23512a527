"""Who finds a conversation again, and who does not, on both layouts of sites."""

import pytest
from playwright.async_api import expect

from tests.ui.conftest import Windows
from tests.ui.widget.chat import Chat
from tests.ui.widget.conftest import CROSS_SITE, SUBDOMAIN, Arrive, Layout
from tests.ui.widget.shop import Visitor


@pytest.fixture(params=[CROSS_SITE, SUBDOMAIN], ids=["cross-site", "subdomain"])
def layout(request: pytest.FixtureRequest) -> Layout:
    chosen: Layout = request.param
    return chosen


async def test_the_same_browser_finds_its_history(visitor: Visitor) -> None:
    await visitor.chat("Remember me")
    await visitor.load()
    await visitor.open()
    await expect(visitor.own).to_have_text(["Remember me"])


async def test_a_new_tab_finds_it_too(visitor: Visitor) -> None:
    await visitor.chat("Remember me")
    context = visitor.page.context
    await visitor.page.close()
    again = await Visitor.arrive(context, visitor.site)
    await again.open()
    await expect(again.own).to_have_text(["Remember me"])


async def test_cleared_cookies_forget(visitor: Visitor) -> None:
    await visitor.chat("Forget me")
    await visitor.page.context.clear_cookies()
    await visitor.load()
    await visitor.open()
    await expect(visitor.messages).to_have_text(["Hello 👋 How can we help?"])


async def test_another_browser_knows_nothing(visitor: Visitor, arrive: Arrive) -> None:
    await visitor.chat("Only here")
    other = await arrive()
    await other.open()
    await expect(other.messages).to_have_text(["Hello 👋 How can we help?"])


async def test_another_site_knows_nothing(visitor: Visitor, other_site: str) -> None:
    await visitor.chat("Only there")
    elsewhere = await Visitor.arrive(visitor.page.context, other_site)
    await elsewhere.open()
    await expect(elsewhere.messages).to_have_text(["Hello 👋 How can we help?"])


async def test_no_script_can_read_who_it_is(visitor: Visitor, chat: Chat) -> None:
    await visitor.chat("Hello")
    [cookie] = await visitor.page.context.cookies()
    identity = cookie["value"]
    ticket = await visitor.inside.evaluate("JSON.parse(document.all.settings.textContent).ticket")
    seen = await visitor.page.evaluate(
        "() => [document.cookie, location.href, JSON.stringify(localStorage),"
        " JSON.stringify(sessionStorage), document.documentElement.outerHTML,"
        " document.querySelector('whosthere-chat').shadowRoot.innerHTML].join()"
    )
    assert identity not in seen
    assert ticket not in seen
    assert await visitor.page.evaluate("({...localStorage})") == {"whosthere": "1"}
    assert await visitor.inside.evaluate("document.cookie") == ""
    assert identity not in visitor.inside.url
    assert ticket not in visitor.inside.url


async def test_a_visitor_who_has_not_written_leaves_no_trace(visitor: Visitor, chat: Chat) -> None:
    await visitor.open()
    await visitor.field.fill("Never sent")
    assert await visitor.page.evaluate("({...localStorage})") == {}
    asked = len(chat.asked_for)
    await visitor.load()
    await visitor.launcher.wait_for()
    assert set(chat.asked_for[asked:]) <= {"/widget.js"}  # none if the browser has kept that


async def test_a_browser_without_cookies_can_still_chat(
    windows: Windows, site: str, chat: Chat
) -> None:
    visitor = await Visitor.arrive(await windows.context(), site)
    await visitor.open()
    await visitor.page.context.clear_cookies()
    await visitor.write("No cookies here")
    await visitor.sent()
    await chat.reply("None needed")
    await visitor.said("None needed").wait_for()
    chat.cut()
    await visitor.write("Still me")
    await visitor.sent()
    assert chat.texts() == ["No cookies here", "None needed", "Still me"]
