"""A list with very many rows in a browser: scrolling it, and saying what stands where."""

from typing import TYPE_CHECKING

from tests.ui.waiting import until

if TYPE_CHECKING:
    from playwright.async_api import Page

COUNT = "document.querySelectorAll('#rows li[data-name]').length"
OFFSET = """id => {
    const box = document.querySelector('#rows'), row = document.querySelector(`#c${id}`);
    return row && Math.round(row.getBoundingClientRect().top - box.getBoundingClientRect().top);
}"""
ORDER = "() => [...document.querySelectorAll('#rows li[data-name]')].map(row => +row.id.slice(1))"


async def load(page: "Page", count: int) -> None:
    """Scroll down until so many rows are there."""
    shown = await page.evaluate(COUNT)
    while shown < count:
        await page.evaluate("document.querySelector('#rows').scrollTop = 1e9")
        await until(page, f"before => {COUNT} > before", shown)
        shown = await page.evaluate(COUNT)


async def scroll_to(page: "Page", id: int) -> int:
    """Let a row stand a little below the upper edge, and say exactly where it stands."""
    await page.evaluate(
        """id => {
            const box = document.querySelector('#rows'), row = document.querySelector(`#c${id}`);
            box.scrollTop += row.getBoundingClientRect().top - box.getBoundingClientRect().top - 90;
        }""",
        id,
    )
    return await offset(page, id)


async def offset(page: "Page", id: int) -> int:
    """Say how far below the list's upper edge a row stands."""
    place: int = await page.evaluate(OFFSET, id)
    return place


async def order(page: "Page") -> list[int]:
    """Name the conversations in the order of the rows."""
    ids: list[int] = await page.evaluate(ORDER)
    return ids


async def message_offset(page: "Page", seq: int) -> int:
    """Say how far below the window's upper edge a message stands."""
    place: int = await page.evaluate(
        "seq => Math.round(document.querySelector(`#m${seq}`).getBoundingClientRect().top)", seq
    )
    return place
