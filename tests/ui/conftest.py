"""A real Chromium, where there is one: one browser for all, and what each test opens is its own."""

import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page

PATIENCE = timedelta(seconds=40)  # an unreachable server is asked every 30 s, and a little more
_HERE = Path(__file__).parent
# the shell draws the same and needs half the time
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = (
    "--no-sandbox",  # root has none
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP *.example 127.0.0.1",  # names that are not this machine's alone
    # Else about one click in eight into a foreign frame misses.
    "--disable-site-isolation-trials",
    "--disable-features=IsolateOrigins,site-per-process",
)


@dataclass(frozen=True, slots=True)
class Screen:
    """What somebody looks at."""

    width: int = 1280
    height: int = 800
    is_dark: bool = False
    is_phone: bool = False


DESK, DESK_AT_NIGHT = Screen(), Screen(is_dark=True)
HAND, HAND_AT_NIGHT = (Screen(390, 844, is_dark=dark, is_phone=True) for dark in (False, True))


@dataclass  # no slots: Playwright writes its own attributes onto whoever listens
class Windows:
    """Opens contexts, each somebody's own, and remembers what their consoles said."""

    browser: "Browser"
    complaints: list[str] = field(default_factory=list)
    _contexts: list["BrowserContext"] = field(default_factory=list)

    async def context(self, screen: Screen = DESK, **options: Any) -> "BrowserContext":  # noqa: ANN401 (as Playwright takes them)
        """Open somebody's browser: cookies of its own, no motion."""
        usual = {
            "viewport": {"width": screen.width, "height": screen.height},
            "color_scheme": "dark" if screen.is_dark else "light",
            "has_touch": screen.is_phone,
            "is_mobile": screen.is_phone,
            "reduced_motion": "reduce",
            "locale": "en-GB",
        }
        context = await self.browser.new_context(**{**usual, **options})
        self._contexts.append(context)
        context.set_default_timeout(PATIENCE.total_seconds() * 1000)
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        return context

    async def page(self, screen: Screen = DESK, **options: Any) -> "Page":  # noqa: ANN401 (the same)
        """Open one page in a browser of its own."""
        return await (await self.context(screen, **options)).new_page()

    async def close(self) -> None:
        """Close whatever is still open."""
        for context in self._contexts:
            await context.close()

    def _hear(self, message: "ConsoleMessage") -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let these tests share one loop: the browser they share lives in it."""
    for item in items:
        if item.path.is_relative_to(_HERE) and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator["Browser"]:
    """A browser, or a reason why there is none."""
    playwright = pytest.importorskip("playwright.async_api", reason="Playwright is not installed")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        pytest.skip("there is no Chromium: install one, or name it in CHROMIUM")
    playwright.expect.set_options(timeout=PATIENCE.total_seconds() * 1000)
    async with playwright.async_playwright() as tools:
        browser = await tools.chromium.launch(executable_path=path, args=list(_ARGUMENTS))
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def windows(browser: "Browser") -> AsyncIterator[Windows]:
    """What this test opens; afterwards nothing is open any more."""
    windows = Windows(browser)
    yield windows
    await windows.close()
