"""The chat among the style sheets of other people's pages."""

import pytest
from playwright.async_api import Page

from tests.ui.conftest import DESK, HAND, Screen, Windows
from tests.ui.widget.sheets import DAWN, HIDING, LAYOUTS
from tests.ui.widget.shop import Visitor
from tests.ui.widget.stage import Stage

_PARTS = "<header>Shop</header><main>Boots</main><div></div><footer>Imprint</footer>"
_GONE = "@keyframes gone { from, to { opacity: 0; visibility: hidden } }"
_PLACES = (
    "() => [...document.querySelectorAll('header, main, footer')]"
    ".map(part => JSON.stringify(part.getBoundingClientRect()))"
)
_SHIFTS = """() => new Promise(done => {
  let shifted = 0;
  const observer = new PerformanceObserver(list => {
    for (const entry of list.getEntries()) shifted += entry.value;
  });
  observer.observe({type: 'layout-shift', buffered: true});
  requestAnimationFrame(() => setTimeout(() => done(shifted), 100));
})"""


async def _look(page: Page, address: str, screen: Screen) -> list[bytes]:
    """Take a picture of the launcher, and of the chat that it opens."""
    await page.goto(address)
    visitor = Visitor(page, address)
    await visitor.launcher.wait_for(state="attached")
    await page.mouse.move(2, 2)
    right, low = screen.width, screen.height
    closed = await page.screenshot(clip={"x": right - 90, "y": low - 90, "width": 90, "height": 90})
    await page.mouse.click(right - 48, low - 48)
    await visitor.field.wait_for()
    await page.mouse.move(2, 2)
    panel = await page.screenshot(
        clip={"x": right - 380, "y": low - 700, "width": 330, "height": 590}, animations="disabled"
    )
    return [closed, panel]


@pytest.mark.parametrize("screen", [DESK, HAND], ids=["desk", "hand"])
async def test_no_rule_of_a_page_hides_moves_or_fades_the_chat(
    windows: Windows, stage: Stage, screen: Screen
) -> None:
    page = await windows.page(screen)
    plain = await _look(page, stage.put("plain", _PARTS), screen)
    wrong = []
    for number, rules in enumerate(HIDING if screen is DESK else HIDING[::4]):
        sheet = f"<style>{rules} {_GONE} html, body {{ background: #fff !important }}</style>"
        address = stage.put(f"rules-{number}", _PARTS, sheet)
        if await _look(page, address, screen) != plain:
            wrong.append(rules)
    assert wrong == []


@pytest.mark.parametrize("rules", [DAWN, *LAYOUTS])
async def test_the_chat_takes_no_part_in_the_layout(
    windows: Windows, stage: Stage, rules: str
) -> None:
    page = await windows.page()
    sheet = f"<style>{rules}</style>"
    await page.goto(stage.put_plain("without", _PARTS, sheet))
    without = await page.evaluate(_PLACES)
    visitor = Visitor(page, stage.origin)
    await page.goto(stage.put("with", _PARTS, sheet))
    await visitor.launcher.wait_for()
    assert await page.evaluate(_PLACES) == without
    await visitor.open()
    await visitor.leave()
    assert await page.evaluate(_PLACES) == without
    assert await page.evaluate(_SHIFTS) == 0
    room = "({scrollWidth, scrollHeight}) => [scrollWidth, scrollHeight]"
    there = await page.locator("html").evaluate(room)
    await page.goto(f"{stage.origin}/stage/without")
    assert await page.locator("html").evaluate(room) == there
