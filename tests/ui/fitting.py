"""Measures whether a page fits its window: nothing wider than it, every control within reach."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.async_api import Page

_LOOK = Path(__file__).with_suffix(".js").read_text()


async def misfits(page: "Page", scope: str = "") -> list[str]:
    """Say what is too wide, sticks out or can't be clicked, in the page or in a part of it."""
    found: list[str] = await page.evaluate(_LOOK, scope)
    return found


async def resize(page: "Page", width: int) -> None:
    """Give the window another width, and let the page hear of it."""
    await page.set_viewport_size({"width": width, "height": 800})
    await page.evaluate("new Promise(requestAnimationFrame)")


async def misfits_at(
    page: "Page", widths: tuple[int, ...], scope: str = ""
) -> dict[int, list[str]]:
    """Look at a page in windows of these widths; only the widths that are wrong are named."""
    wrong = {}
    for width in widths:
        await resize(page, width)
        if found := await misfits(page, scope):
            wrong[width] = found
    return wrong
