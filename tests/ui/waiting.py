"""Waits for what a page says of itself, on pages whose policy forbids Playwright's own way."""

import asyncio
import time
from typing import TYPE_CHECKING

from tests.ui.conftest import PATIENCE

if TYPE_CHECKING:
    from playwright.async_api import Frame, Page


async def until(page: "Page | Frame", expression: str, argument: object = None) -> None:
    """Ask again and again: `wait_for_function` would need `unsafe-eval` from its second look on."""
    end = time.monotonic() + PATIENCE.total_seconds()
    while not await page.evaluate(expression, argument):
        assert time.monotonic() < end, f"it never came true: {expression}"
        await asyncio.sleep(0.02)
