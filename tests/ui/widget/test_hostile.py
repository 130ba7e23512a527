"""Hostile texts and hostile messages from other windows."""

import pytest
from playwright.async_api import expect

from tests.ui.conftest import Windows
from tests.ui.widget.chat import Chat
from tests.ui.widget.shop import Visitor

_TEXTS = [
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<script>alert(1)</script>",
    '"><iframe srcdoc="<script>alert(1)</script>">',
    "{{constructor.constructor('alert(1)')()}}",
    "</script><script>alert(1)</script>",
    "&lt;b&gt; &amp; &#60;",
    "\u202egnirts desrever",
    "Z\u0351\u0367\u030b" * 40,
    "\x07 and \ufffd",
    "🏴\u200d☠️" * 20,
    "a" * 3000,
]
_NO_LINKS = [
    "javascript:alert(1)",
    "JaVaScRiPt&#58;alert(1)",
    "java\tscript:alert(1)",
    "vbscript:msgbox(1)",
    "data:text/html,<script>alert(1)</script>",
    "ftp://example.com/x",
    "//evil.example",
    "http:evil.example",
]
_NOT_OURS: list[object] = [
    None,
    0,
    "close",
    [],
    {},
    {"type": None},
    {"type": "setUser", "email": "eve@evil.example"},
    {"type": "navigate", "url": "https://evil.example"},
    {"type": "__proto__"},
    {"__proto__": {"type": "close"}, "constructor": {"type": "close"}},
    {"type": "unread", "count": -1},
    {"type": "unread", "count": "<img src=x onerror=alert(1)>"},
    {"type": "unread", "count": 1e308},
    {"type": {"toString": "close"}},
]


async def test_what_agents_write_and_are_called_is_text(
    visitor: Visitor, chat: Chat, windows: Windows
) -> None:
    texts = [*_TEXTS, *_NO_LINKS]
    await visitor.chat("Hello")
    for text in texts:
        await chat.reply(text, name=text[:40])
    await expect(visitor.messages).to_have_count(len(texts) + 2)
    shown = await visitor.messages.evaluate_all("all => all.slice(2).map(p => p.textContent)")
    assert shown == texts
    children = visitor.frame.locator(".text *")
    await expect(children).to_have_count(0)
    assert windows.complaints == []


async def test_what_the_visitor_writes_is_text_too(
    visitor: Visitor, chat: Chat, windows: Windows
) -> None:
    await visitor.open()
    for text in _TEXTS[:6]:
        await visitor.write(text)
    await visitor.load()
    await visitor.open()
    await expect(visitor.own).to_have_text(_TEXTS[:6])
    assert windows.complaints == []


async def test_heaps_of_marks_stay_in_their_bubble(visitor: Visitor, chat: Chat) -> None:
    await visitor.chat("Hello")
    await chat.reply("Z" + "\u0351\u0367\u030b" * 500)
    await expect(visitor.messages).to_have_count(3)
    assert await visitor.messages.last.evaluate("p => getComputedStyle(p).overflow") == "clip"
    log = visitor.frame.locator("#log")
    assert await log.evaluate("log => log.scrollWidth <= log.clientWidth")


async def test_only_the_web_becomes_a_link(visitor: Visitor, chat: Chat) -> None:
    await visitor.chat("Hello")
    await chat.reply(" ".join([*_NO_LINKS, "https://good.example/javascript:alert(1)"]))
    links = visitor.frame.locator(".text a")
    await expect(links).to_have_count(1)
    await expect(links).to_have_attribute("href", "https://good.example/javascript:alert(1")


async def test_the_frame_understands_no_other_message(visitor: Visitor, windows: Windows) -> None:
    await visitor.chat("Hello")
    before = await visitor.inside.evaluate("document.body.innerHTML")
    url = visitor.inside.url
    for message in _NOT_OURS:
        await visitor.page.evaluate(
            "([origin, message]) => document.querySelector('whosthere-chat').shadowRoot"
            ".querySelector('iframe').contentWindow.postMessage(message, origin)",
            [url.partition("/chat/")[0], message],
        )
    await visitor.inside.evaluate("null")
    assert await visitor.inside.evaluate("document.body.innerHTML") == before
    assert visitor.inside.url == url
    assert windows.complaints == []


async def test_the_frame_listens_to_nobody_but_its_page(visitor: Visitor) -> None:
    await visitor.chat("Hello")
    await visitor.inside.evaluate("postMessage({type: 'init', theme: 'dark'}, '*')")
    await visitor.page.evaluate(
        """chat => new Promise(done => {
          const other = document.createElement('iframe');
          other.srcdoc = `<script>
            for (const frame of [...parent.frames])
              frame.postMessage({type: 'init', theme: 'dark'}, '*');
          <\\/script>`;
          other.onload = done;
          document.body.append(other);
        })"""
    )
    await visitor.inside.evaluate("null")
    await expect(visitor.frame.locator("html")).to_have_attribute("data-theme", "light")


async def test_the_loader_understands_no_other_message(visitor: Visitor, windows: Windows) -> None:
    await visitor.chat("Hello")
    for message in _NOT_OURS:
        await visitor.inside.evaluate("message => parent.postMessage(message, '*')", message)
    await visitor.inside.evaluate("null")
    await expect(visitor.dialog).to_be_visible()
    await expect(visitor.page.locator(".go b")).to_have_text("")
    assert windows.complaints == []


@pytest.mark.parametrize("kind", ["close", "started", "ready", "unread"])
async def test_the_loader_listens_to_nobody_but_its_frame(visitor: Visitor, kind: str) -> None:
    await visitor.open()
    await visitor.page.evaluate(
        """kind => new Promise(done => {
          postMessage({type: kind, count: 5}, '*');
          const other = document.createElement('iframe');
          other.srcdoc = `<script>parent.postMessage({type: '${kind}', count: 5}, '*')<\\/script>`;
          other.onload = done;
          document.body.append(other);
        })""",
        kind,
    )
    await expect(visitor.dialog).to_be_visible()
    assert await visitor.page.evaluate("({...localStorage})") == {}


async def test_the_frame_can_run_nothing_that_it_was_not_served_with(visitor: Visitor) -> None:
    await visitor.open()
    refused = await visitor.inside.evaluate(
        """() => {
          const refused = [];
          const attempts = {
            markup: () => { document.body.innerHTML = '<b>x</b>'; },
            script: () => { document.createElement('script').text = '1'; },
          };
          for (const [name, attempt] of Object.entries(attempts))
            try { attempt(); } catch { refused.push(name); }
          return refused;
        }"""
    )
    assert refused == ["markup", "script"]


async def test_a_strict_site_needs_to_allow_only_script_and_frame(
    windows: Windows, site: str, chat: Chat
) -> None:
    policy = (
        f"default-src 'none'; script-src {chat.origin}; frame-src {chat.origin}; img-src data:; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
    visitor = await Visitor.arrive(await windows.context(), site, policy=policy)
    await visitor.chat("Hello")
    assert windows.complaints == []
