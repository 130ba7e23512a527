"""Where on the site a visitor is: said by the loader, and seen by agents."""

from bot.desk.agents import OPERATOR, Agents, Newcomer
from bot.desk.sessions import Sessions
from tests.bot.agents import FAST, PASSWORD
from tests.ui.conftest import Windows
from tests.ui.widget.chat import Chat
from tests.ui.widget.shop import Visitor

TITLE = "Halden 2 tent · Larkfell Outfitters"
_NO_PAGES: list[object] = [
    5,
    "x",
    [],
    {"url": {"toString": 1}, "title": 5},
    {"__proto__": {"url": "x"}},
]


async def test_agents_see_the_page_that_a_visitor_is_on(
    visitor: Visitor, chat: Chat, windows: Windows
) -> None:
    await visitor.load(code="secret")
    await visitor.chat("Hello")
    newcomer = Newcomer("maya@shop.example", PASSWORD, name="Maya", is_admin=False)
    agent = Agents(chat.database, chat.clock, FAST).add(newcomer, OPERATOR)
    session = Sessions(chat.database, chat.clock, FAST).sign_in_as(agent.id)
    page = await windows.page()
    await page.context.add_cookies([{"name": "inbox", "value": session, "url": chat.origin}])
    await page.goto(f"{chat.origin}/inbox/1")
    said = await page.locator("#visit").inner_text()
    assert TITLE in said
    assert "Chrome on Linux, English" in said
    sub = await page.locator("#thread .sub").inner_text()
    assert sub.endswith(f"on {visitor.site.removeprefix('http://')}")
    assert "secret" not in await page.content()
    assert windows.complaints == []


async def test_a_page_that_loads_no_other_is_another_page_all_the_same(
    visitor: Visitor, chat: Chat
) -> None:
    await visitor.chat("Hello")
    assert chat.last_visit()["page"] == f"{visitor.site}/"
    await visitor.page.evaluate("history.pushState(null, '', '/tents/fjord-2?code=1#secret')")
    await visitor.inside.evaluate("null")
    await visitor.write("Is it warm?")
    await visitor.sent()
    last = chat.last_visit()
    assert (last["page"], last["count"]) == (f"{visitor.site}/tents/fjord-2", 1)


async def test_nothing_of_the_address_after_the_path_reaches_the_server(
    visitor: Visitor, chat: Chat
) -> None:
    sent = []
    visitor.page.context.on("request", lambda request: sent.append(request.post_data or ""))
    await visitor.page.goto(f"{visitor.site}/?token=secret")
    # the loader knows where the visitor came from: this page
    await visitor.page.evaluate("location.href = '/?code=secret#secret'")
    await visitor.page.wait_for_url("**/*code=secret*")
    await visitor.chat("Hello")
    assert any('"page"' in body for body in sent)
    assert not any("secret" in body for body in sent)
    assert chat.last_visit()["referrer"] is None


async def test_what_is_no_page_is_none(visitor: Visitor, chat: Chat) -> None:
    await visitor.chat("Hello")
    for page in _NO_PAGES:
        await visitor.page.evaluate(
            "([origin, page]) => document.querySelector('whosthere-chat').shadowRoot"
            ".querySelector('iframe').contentWindow.postMessage({type: 'init', page}, origin)",
            [chat.origin, page],
        )
        await visitor.inside.evaluate("null")
        await visitor.write("Still here")
        await visitor.sent()
    assert chat.last_visit()["page"] is None
