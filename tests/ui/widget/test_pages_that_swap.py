"""Pages that replace their own parts instead of loading another one."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest
from playwright.async_api import Page, expect

from tests.ui.conftest import DESK, HAND, PATIENCE, Screen, Windows
from tests.ui.widget.chat import Chat
from tests.ui.widget.shop import Visitor
from tests.ui.widget.stage import Stage

_HOST = "whosthere-chat"
_NEXT = '<h1>Next</h1><a id="back" href="first">Back</a>'
_WHOLE = "<html><head><title>New</title></head><body><h1>New</h1></body></html>"

_BODY_SWAPS = {
    "another body": "document.body = document.createElement('body')",
    "replaceWith": "document.body.replaceWith(document.body.cloneNode(true))",
    "innerHTML": "document.body.innerHTML = '<h1>New</h1>'",
    "no children": "document.body.replaceChildren()",
    "no body for a while": """() => {
      const body = document.body;
      body.remove();
      setTimeout(() => document.documentElement.append(body), 50);
    }""",
    "a view transition": """() => document.startViewTransition(() => {
      document.body.replaceWith(document.body.cloneNode(true));
    }).finished""",
    "head and body": """() => {
      document.head.replaceWith(document.createElement('head'));
      document.body.replaceWith(document.createElement('body'));
    }""",
}
_ROOT_SWAPS = {
    "all children of the root": """() => {
      const root = document.documentElement;
      root.replaceChildren(document.createElement('head'), document.createElement('body'));
    }""",
    "the root's markup": "document.documentElement.innerHTML = '<body><h1>New</h1></body>'",
    "another root": """() => {
      const root = document.createElement('html');
      root.append(document.createElement('head'), document.createElement('body'));
      document.documentElement.replaceWith(root);
    }""",
    "no root for a while": """() => {
      const root = document.documentElement;
      root.remove();
      setTimeout(() => document.append(root), 50);
    }""",
    "a whole new document": f"""() => {{
      document.open();
      document.write('<!doctype html>{_WHOLE}');
      document.close();
    }}""",
    "a new document in pieces": """() => new Promise(done => {
      document.open();
      setTimeout(() => {
        document.write('<!doctype html><html><head></head><body>');
        setTimeout(() => {
          document.write('<h1>New</h1>');
          document.close();
          done();
        }, 30);
      }, 30);
    })""",
    "the chat alone": "document.querySelector('whosthere-chat').remove()",
    "a place inside the body": "document.body.append(document.querySelector('whosthere-chat'))",
}


async def _arrive(page: Page, address: str) -> Visitor:
    await page.goto(address)
    visitor = Visitor(page, address)
    await visitor.launcher.wait_for()
    return visitor


@pytest.mark.parametrize("screen", [DESK, HAND], ids=["desk", "hand"])
@pytest.mark.parametrize("swap", _BODY_SWAPS.values(), ids=_BODY_SWAPS)
async def test_an_open_chat_stays_as_it_is_while_the_body_is_swapped(
    windows: Windows, stage: Stage, chat: Chat, screen: Screen, swap: str
) -> None:
    visitor = await _arrive(await windows.page(screen), stage.put("first", "<h1>First</h1>"))
    await visitor.open()
    await visitor.field.fill("Half a thou")
    asked = chat.asked_for.count("/chat/frame")
    await visitor.page.evaluate(swap)
    await expect(visitor.field).to_have_value("Half a thou")
    await expect(visitor.dialog).to_be_visible()
    await expect(visitor.launcher).to_have_count(1)
    await visitor.write("Half a thought is whole now")
    await visitor.sent()
    assert chat.asked_for.count("/chat/frame") == asked
    assert windows.complaints == []


@pytest.mark.parametrize("screen", [DESK, HAND], ids=["desk", "hand"])
@pytest.mark.parametrize("swap", _ROOT_SWAPS.values(), ids=_ROOT_SWAPS)
async def test_the_chat_is_back_where_it_was_taken_out(
    windows: Windows, stage: Stage, screen: Screen, swap: str
) -> None:
    visitor = await _arrive(await windows.page(screen), stage.put("first", "<h1>First</h1>"))
    await visitor.chat("Hello")
    await visitor.field.fill("Half a thou")
    await visitor.page.evaluate(swap)
    await expect(visitor.field).to_have_value("Half a thou")
    await expect(visitor.own).to_have_text(["Hello"])
    await visitor.write("Still here")
    await visitor.sent()
    await visitor.field.press("Escape")
    await expect(visitor.dialog).to_be_hidden()
    await expect(visitor.launcher).to_have_count(1)
    await visitor.launcher.click()
    await expect(visitor.field).to_be_visible()
    await visitor.frame.locator("#close").click()
    await expect(visitor.dialog).to_be_hidden()
    assert windows.complaints == []


_Walk = Callable[[Page], Awaitable[None]]


async def _follow(page: Page) -> None:
    await page.locator("#next").click()
    await page.get_by_role("heading", name="Next").wait_for()


async def _follow_and_return(page: Page) -> None:
    await _follow(page)
    await page.go_back()
    await page.get_by_role("heading", name="First").wait_for()


@dataclass(frozen=True, slots=True)
class _Built:
    library: str
    attributes: str = ""


@pytest.mark.parametrize("walk", [_follow, _follow_and_return])
@pytest.mark.parametrize("is_in_head", [True, False], ids=["head", "body"])
@pytest.mark.parametrize(
    "built",
    [
        _Built("turbo.js"),
        _Built("htmx-2.js", "hx-boost=true"),
        _Built("htmx-2.js", "hx-boost=true hx-target=body hx-swap='outerHTML transition:true'"),
        _Built("htmx-4.js", "hx-boost=true"),
        _Built("htmx-4.js", "hx-boost:inherited=true hx-target:inherited=body"),
    ],
    ids=str,
)
async def test_a_page_built_with_a_library_keeps_chat_and_draft(
    windows: Windows, stage: Stage, built: _Built, walk: _Walk, *, is_in_head: bool
) -> None:
    loaded, attributes = stage.library(built.library), built.attributes
    head, tail = (loaded + stage.embed, "") if is_in_head else (loaded, stage.embed)
    link = f'<a id="next" href="next" {attributes}>On</a>'
    first = stage.put_plain("first", f"<div {attributes}><h1>First</h1>{link}</div>{tail}", head)
    stage.put_plain("next", f"<div {attributes}>{_NEXT}</div>{tail}", head)
    visitor = await _arrive(await windows.page(), first)
    await visitor.chat("Hello")
    await visitor.field.fill("Half a thou")
    await visitor.page.evaluate("window.isTheSamePage = true")
    await walk(visitor.page)
    assert await visitor.page.evaluate("window.isTheSamePage")
    await expect(visitor.field).to_have_value("Half a thou")
    await expect(visitor.page.locator(_HOST)).to_have_count(1)
    await visitor.write("And on")
    await visitor.sent()
    assert windows.complaints == []


_GIVEN_UP = "Whosthere: this page keeps removing the chat."


async def _said(windows: Windows) -> None:
    async with asyncio.timeout(PATIENCE.total_seconds()):
        while _GIVEN_UP not in windows.complaints:  # noqa: ASYNC110 - a console tells nobody
            await asyncio.sleep(0.02)


_INSISTING = {
    "at once": """new MutationObserver(() => document.querySelector('whosthere-chat')?.remove())
      .observe(document.documentElement, {childList: true})""",
    "each frame": """(function again() {
      document.querySelector('whosthere-chat')?.remove();
      requestAnimationFrame(again);
    })()""",
    "by the clock": "setInterval(() => document.querySelector('whosthere-chat')?.remove(), 100)",
}


@pytest.mark.parametrize("insist", _INSISTING.values(), ids=_INSISTING)
async def test_a_page_that_insists_gets_its_way(
    windows: Windows, stage: Stage, insist: str
) -> None:
    visitor = await _arrive(await windows.page(), stage.put("first", "<h1>First</h1>"))
    await visitor.page.evaluate(
        """() => {
          window.returns = 0;
          new MutationObserver(changes => {
            for (const {addedNodes} of changes) window.returns += addedNodes.length;
          }).observe(document.documentElement, {childList: true});
        }"""
    )
    await visitor.page.evaluate(f"{{ {insist}; document.querySelector('{_HOST}')?.remove() }}")
    await _said(windows)
    await visitor.page.evaluate("new Promise(done => setTimeout(done, 500))")
    assert await visitor.page.evaluate("window.returns") == 10
    await expect(visitor.page.locator(_HOST)).to_have_count(0)
    assert windows.complaints == [_GIVEN_UP]
    await visitor.page.evaluate("Whosthere.open(); Whosthere.toggle(); Whosthere.close()")
    assert windows.complaints == [_GIVEN_UP]


@pytest.mark.parametrize("screen", [DESK, HAND], ids=["desk", "hand"])
async def test_opening_throws_nowhere(windows: Windows, stage: Stage, screen: Screen) -> None:
    await_nothing = """() => {
      Whosthere.open();
      document.querySelector('whosthere-chat').remove();
      Whosthere.open();
      document.documentElement.remove();
      Whosthere.open();
      Whosthere.close();
      Whosthere.open();
      const frame = document.createElement('iframe');
      document.append(document.createElement('html'));
      document.documentElement.append(document.createElement('body'));
    }"""
    page = await windows.page(screen)
    visitor = await _arrive(page, stage.put("first", "<h1>First</h1>"))
    await page.evaluate(await_nothing)
    await page.evaluate("Whosthere.open()")
    await visitor.field.wait_for()
    assert windows.complaints == []


async def test_it_opens_before_the_page_is_there(
    windows: Windows, stage: Stage, chat: Chat
) -> None:
    early = f'<script src="{stage.widget}"></script><script>Whosthere.open()</script>'
    page = await windows.page()
    await page.goto(stage.put_plain("early", "<h1>Early</h1>", early))
    await Visitor(page, stage.origin).field.wait_for()
    assert chat.asked_for.count("/chat/frame") == 1


async def test_the_line_run_again_brings_the_chat_back_and_no_second_one(
    windows: Windows, stage: Stage
) -> None:
    visitor = await _arrive(await windows.page(), stage.put("first", "<h1>First</h1>"))
    insist = _INSISTING["by the clock"].replace("setInterval(", "window.war = setInterval(")
    await visitor.page.evaluate(f"{{ {insist} }}")
    await _said(windows)
    await visitor.page.evaluate("clearInterval(window.war)")
    for _ in range(2):
        await visitor.page.add_script_tag(url=stage.widget)
        await expect(visitor.launcher).to_have_count(1)
    await visitor.open()


@pytest.mark.parametrize("name", ["Whosthere", "whosthere"])
async def test_an_element_of_its_name_is_in_nobodys_way(
    windows: Windows, stage: Stage, name: str
) -> None:
    page = await windows.page()
    visitor = await _arrive(page, stage.put("named", f'<div id="{name}"></div>'))
    await visitor.open()
