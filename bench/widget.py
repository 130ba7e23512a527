"""What the chat costs a page: `python -m bench.widget [address of a page that embeds it]`.

Counted are the chat's own files, as they are, by gzip 9 and by Brotli 11. It takes Chromium,
Playwright and the `brotli` package.
"""

import asyncio
import gzip
import os
import shutil
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import brotli
from playwright.async_api import BrowserContext, Locator, Page, Request, WebSocket, async_playwright

_DEMO = "http://localhost:8080/demo"


@dataclass(frozen=True, slots=True)
class Sizes:
    """Of one file, or of several."""

    raw: int = 0
    gz: int = 0
    br: int = 0

    def __add__(self, other: "Sizes") -> "Sizes":
        """Take both."""
        return Sizes(self.raw + other.raw, self.gz + other.gz, self.br + other.br)

    @classmethod
    def of(cls, body: bytes) -> "Sizes":
        """Compress as far as it goes."""
        return cls(len(body), len(gzip.compress(body, 9)), len(brotli.compress(body, quality=11)))


@dataclass(frozen=True, slots=True)
class Cost:
    """What one step asked for, by path."""

    step: str
    files: dict[str, Sizes] = field(default_factory=dict)

    @property
    def requests(self) -> int:
        """How many there were, sockets included."""
        return len(self.files)

    @property
    def sizes(self) -> Sizes:
        """Of all together."""
        return sum(self.files.values(), Sizes())


async def measure(context: BrowserContext, address: str) -> list[Cost]:
    """Look at a page, then open the chat."""
    page = await context.new_page()

    async def look() -> None:
        await page.goto(address)
        await page.locator("button.go").wait_for()

    async def open_chat() -> None:
        await page.locator("button.go").click()
        await _field(page).wait_for()

    costs = [
        await _during("a page that never opens the chat", page, look),
        await _during("opening it", page, open_chat),
    ]
    await page.close()
    return costs


def _field(page: Page) -> Locator:
    return page.frame_locator("dialog iframe").locator("#text")


async def _during(step: str, page: Page, act: Callable[[], Awaitable[None]]) -> Cost:
    requests: list[Request] = []
    sockets: list[WebSocket] = []

    def note(request: Request) -> None:
        requests.append(request)

    def note_socket(socket: WebSocket) -> None:
        sockets.append(socket)

    page.on("request", note)
    page.on("websocket", note_socket)
    await act()
    await page.wait_for_load_state("networkidle")
    page.remove_listener("request", note)
    page.remove_listener("websocket", note_socket)
    files = {urlsplit(socket.url).path: Sizes() for socket in sockets}
    for request in requests:
        path = urlsplit(request.url).path
        response = await request.response()
        if response and (path.startswith("/chat/") or path == "/widget.js"):
            files[path] = Sizes.of(await response.body())
    return Cost(step, files)


def _row(name: str, sizes: Sizes) -> str:
    return f"  {name:<44}{sizes.raw:>8}{sizes.gz:>8}{sizes.br:>8}"


def table(costs: list[Cost]) -> str:
    """Lay it out for people."""
    lines = [f"  {'':<44}{'raw':>8}{'gzip':>8}{'Brotli':>8}"]
    for cost in costs:
        noun = "request" if cost.requests == 1 else "requests"
        lines += ["", f"{cost.step}: {cost.requests} {noun}"]
        lines += [_row(path, sizes) for path, sizes in cost.files.items()]
        lines += [_row("together", cost.sizes)]
    return "\n".join(lines)


async def main(address: str) -> None:
    """Measure and print."""
    chromium = (
        os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    )
    async with async_playwright() as tools:
        browser = await tools.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        print(table(await measure(await browser.new_context(), address)))
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else _DEMO))
