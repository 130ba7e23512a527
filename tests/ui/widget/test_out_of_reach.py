"""Pages and hours in which the chat's frame can't come."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from itertools import pairwise
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, Route, expect

from bot.core.languages import LANGUAGES
from tests.ui.conftest import DESK, HAND, PATIENCE, Screen, Windows
from tests.ui.widget.chat import Chat
from tests.ui.widget.conftest import World
from tests.ui.widget.shop import Visitor
from tests.ui.widget.stage import Stage

_FRAME = "**/chat/frame?*"
_SENTENCE = "The chat is unavailable."
_SOON = 8  # seconds
_WORDS = Path(__file__).parents[3] / "channels" / "webchat" / "widget" / "strings"
_HEADERS = {
    "no frames": {"Content_Security_Policy": "frame-src 'none'"},
    "frames of its own": {"Content_Security_Policy": "frame-src 'self'"},
    "no frames by default": {
        "Content_Security_Policy": "default-src 'self' http://chat.localhost:*; child-src 'none'"
    },
    "only what asks for it": {"Cross_Origin_Embedder_Policy": "require-corp"},
    "a sandbox": {"Content_Security_Policy": "sandbox allow-scripts"},
    "a sandbox that keeps its origin": {
        "Content_Security_Policy": "sandbox allow-scripts allow-same-origin; frame-src 'none'"
    },
}


def _sentence(place: Page | Locator) -> Locator:
    return place.get_by_role("alert").get_by_text(_SENTENCE)


async def _open_in_vain(page: Page, address: str) -> Visitor:
    """Leaves the page's clock standing, lest the chat try again by itself."""
    await page.clock.install()
    await page.goto(address)
    visitor = Visitor(page, address)
    await visitor.launcher.click()
    await page.clock.pause_at(await page.evaluate("Date.now() / 1000") + _SOON)
    await expect(_sentence(page)).to_be_visible()
    await expect(page.get_by_role("button", name="Try again")).to_be_visible()
    return visitor


def _told(windows: Windows) -> list[str]:
    return [each for each in windows.complaints if each.startswith("Whosthere: ")]


@pytest.mark.parametrize("screen", [DESK, HAND], ids=["desk", "hand"])
@pytest.mark.parametrize("headers", _HEADERS.values(), ids=_HEADERS)
async def test_a_page_that_lets_no_frame_in_is_told_so(
    windows: Windows, stage: Stage, screen: Screen, headers: dict[str, str]
) -> None:
    visitor = await _open_in_vain(await windows.page(screen), stage.put("strict", **headers))
    (told,) = _told(windows)
    assert "WEBCHAT_ALLOWED_ORIGINS" in told
    assert await visitor.page.evaluate("location.origin") in told
    await visitor.dialog.get_by_role("button", name="Close chat").click()
    await expect(visitor.dialog).to_be_hidden()


@pytest.mark.parametrize("sandbox", ["allow-scripts", "allow-scripts allow-forms allow-popups"])
async def test_a_page_in_a_sandbox_is_told_so(windows: Windows, stage: Stage, sandbox: str) -> None:
    inner = stage.put("inner")
    page = await windows.page()
    await page.goto(
        stage.put_plain("outer", f'<iframe sandbox="{sandbox}" src="{inner}"></iframe>')
    )
    within = page.frame_locator("iframe")
    await within.locator("button.go").click()
    await expect(within.get_by_role("alert")).to_contain_text(_SENTENCE)
    assert len(_told(windows)) == 1


async def test_a_page_from_a_file_is_told_so(
    windows: Windows, stage: Stage, tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    path.write_text(f'<!doctype html><html lang="en">{stage.embed}<h1>Mine</h1>')
    await _open_in_vain(await windows.page(), path.as_uri())
    assert len(_told(windows)) == 1


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_sentence_is_in_the_visitors_language(
    windows: Windows, stage: Stage, language: str
) -> None:
    words = json.loads((_WORDS / f"{language}.json").read_text())["launcher"]
    page = await windows.page()
    await page.route(_FRAME, lambda route: route.fulfill(status=500))
    embed = stage.embed.replace("<script", f'<script data-lang="{language}"')
    await page.goto(stage.put_plain("page", "", embed))
    await page.locator("button.go").click()
    await expect(page.get_by_role("alert")).to_contain_text(words["failed"])
    await expect(page.get_by_role("button", name=words["again"])).to_be_visible()


async def _stall(route: Route) -> None:
    del route  # it is never answered


async def _answer_500(route: Route) -> None:
    await route.fulfill(status=500, body='{"error": {}}', content_type="application/json")


async def _answer_with_nothing(route: Route) -> None:
    await route.fulfill(status=200, body="<!doctype html><title>A portal</title>Sign in first")


async def _abort(route: Route) -> None:
    await route.abort()


@pytest.mark.parametrize(
    ("what", "fault"),
    [
        (_FRAME, _stall),
        (_FRAME, _answer_500),
        (_FRAME, _answer_with_nothing),
        (_FRAME, _abort),
        ("**/chat/static/*/frame.js", _abort),
    ],
)
async def test_whatever_fails_is_said_and_tried_again_at_a_wish(
    windows: Windows, stage: Stage, what: str, fault: Callable[[Route], Awaitable[None]]
) -> None:
    page = await windows.page()
    is_mended = asyncio.Event()
    await page.route(what, lambda route: route.continue_() if is_mended.is_set() else fault(route))
    await page.expose_function("mend", is_mended.set)
    visitor = await _open_in_vain(page, stage.put("page"))
    await page.evaluate("addEventListener('click', () => void mend(), {capture: true})")
    await page.get_by_role("button", name="Try again").click()
    await page.clock.resume()
    await visitor.field.wait_for()
    await expect(_sentence(page)).to_have_count(0)
    await visitor.write("At last")
    await visitor.sent()
    assert len(_told(windows)) == 1


async def test_a_server_that_comes_back_is_found(
    windows: Windows, stage: Stage, chat: Chat
) -> None:
    page = await windows.page()
    visitor = Visitor(page, stage.origin)
    await page.goto(stage.put("page"))
    await visitor.launcher.wait_for()
    await chat.stop()
    await visitor.launcher.click()
    await _sentence(page).wait_for()
    await chat.start()
    await visitor.field.wait_for()
    await expect(_sentence(page)).to_have_count(0)


async def test_a_slow_server_is_waited_for(windows: Windows, stage: Stage) -> None:
    page = await windows.page()
    let_go = asyncio.Event()

    async def hold(route: Route) -> None:
        await let_go.wait()
        await route.continue_()

    await page.route(_FRAME, hold)
    visitor = await _open_in_vain(page, stage.put("page"))
    let_go.set()
    await page.clock.resume()
    await visitor.field.wait_for()
    await expect(_sentence(page)).to_have_count(0)


async def test_the_pauses_between_the_attempts_grow(windows: Windows, stage: Stage) -> None:
    page = await windows.page()
    moments: list[int] = []

    async def refuse(route: Route) -> None:
        moments.append(await page.evaluate("Date.now()"))
        await _answer_500(route)

    await page.route(_FRAME, refuse)
    await page.clock.install()
    await page.goto(stage.put("page"))
    await page.locator("button.go").click()
    async with asyncio.timeout(PATIENCE.total_seconds()):
        while len(moments) < 6:
            await page.clock.run_for(200)
    pauses = [after - before for before, after in pairwise(moments)]
    assert pauses == sorted(pauses)
    assert pauses[-1] > 4 * pauses[0]


async def test_a_chat_that_loads_itself_anew_leaves_nobody_before_an_error(
    visitor: Visitor, chat: Chat
) -> None:
    await visitor.chat("Hello")
    await visitor.field.fill("Half a thou")
    await visitor.page.route(_FRAME, _abort)
    chat.let_tickets_end()
    chat.cut()
    await _sentence(visitor.page).wait_for()
    await expect(visitor.page.locator("dialog iframe")).to_be_hidden()
    await visitor.page.unroute(_FRAME)
    await expect(visitor.field).to_have_value("Half a thou")
    await visitor.write("Half a thought")
    await visitor.sent()


@pytest_asyncio.fixture(loop_scope="session")
async def refused(world: World) -> Stage:
    public = f"http://chat.acme.example:{world.chat.wishes['port']}"
    await world.chat.change(public_url=public, webchat_allowed_origins="https://elsewhere.example")
    world.stage.widget = f"{public}/widget.js"
    return world.stage


async def test_a_site_that_may_not_open_it_shows_no_launcher(
    windows: Windows, refused: Stage, chat: Chat
) -> None:
    page = await windows.page()
    await page.goto(refused.put("page", '<button onclick="Whosthere.open()">Ask us</button>'))
    await page.wait_for_function("window.Whosthere")
    await expect(page.locator("button.go")).to_have_count(0)
    (told,) = windows.complaints
    assert refused.origin in told
    assert "WEBCHAT_ALLOWED_ORIGINS" in told
    assert "/chat/frame" not in chat.asked_for
    await page.get_by_role("button", name="Ask us").click()
    await _sentence(page).wait_for()
    assert len(_told(windows)) == 1


@pytest.mark.parametrize("hidden", ["referrer", "cache"])
async def test_a_site_that_does_not_tell_its_name_hears_it_from_the_frame(
    windows: Windows, refused: Stage, chat: Chat, hidden: str
) -> None:
    page = await windows.page()
    meta = '<meta name="referrer" content="no-referrer">'
    address = refused.put_plain("page", "", (meta if hidden == "referrer" else "") + refused.embed)
    if hidden == "cache":
        await page.goto(
            refused.put_plain(
                "elsewhere", f'<meta name="referrer" content="no-referrer">{refused.embed}'
            )
        )
        await page.locator("button.go").wait_for()
    await _open_in_vain(page, address)
    (told,) = _told(windows)
    assert refused.origin in told


async def test_what_was_refused_is_not_kept(windows: Windows, refused: Stage, chat: Chat) -> None:
    page = await windows.page()
    address = refused.put("page")
    await page.goto(address)
    await page.wait_for_function("window.Whosthere")
    await chat.change(webchat_allowed_origins=refused.origin)
    await page.goto(address)
    visitor = Visitor(page, address)
    await visitor.open()
