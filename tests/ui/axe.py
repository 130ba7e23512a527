"""Asks axe-core what stands in somebody's way."""

from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.async_api import Frame, Page

_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# It would wait half a second for each frame, since none holds a copy of it that could answer.
_RUN = """
tags => axe.run(document, {runOnly: tags, resultTypes: ['violations'], iframes: false})
"""


async def violations(where: "Page | Frame") -> list[str]:
    """Say what is wrong with a page, or with one frame: a page's frames are left out."""
    if not await where.evaluate("'axe' in window"):
        await where.evaluate(_script())
    found = (await where.evaluate(_RUN, _TAGS))["violations"]
    return [_describe(violation) for violation in found]


@cache
def _script() -> str:
    package = pytest.importorskip("axe_playwright_python.base")
    return str(package.AXE_SCRIPT)


def _describe(violation: dict[str, Any]) -> str:  # Any: axe's own report
    places = ", ".join(str(node["target"]) for node in violation["nodes"])
    return f"{violation['id']}: {violation['help']} ({places})"
