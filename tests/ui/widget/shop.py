"""Sites that embed the widget, and somebody who visits them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import urlencode

from aiohttp import web
from jinja2 import Environment, FileSystemLoader
from playwright.async_api import BrowserContext, Frame, FrameLocator, Locator, Page, expect

from tests.ui.widget.stage import Stage

_WEB = Path(__file__).parents[3] / "bot" / "web"
_TEMPLATES = Environment(loader=FileSystemLoader(_WEB / "templates"), autoescape=True)


@asynccontextmanager
async def running_shop(port: int, stage: Stage) -> AsyncIterator[None]:
    """Serve the demo's shop under every name that leads to this machine.

    What the query names becomes an attribute of the page (`lang`, `dir`) or of the script; with a
    `policy` there is nothing but the widget, under that policy.
    """

    widget = stage.widget

    async def page(request: web.Request) -> web.Response:
        if policy := request.query.get("policy"):
            html = f'<!doctype html><link rel="icon" href="data:,"><script src="{widget}"></script>'
            headers = {"Content-Security-Policy": policy}
            return web.Response(text=html, content_type="text/html", headers=headers)
        html = _TEMPLATES.get_template("demo/shop.html").render(widget=widget)
        for name, value in request.query.items():
            tag = "<html" if name in {"lang", "dir"} else "<script async"
            html = html.replace(f' {name}="en"', "").replace(tag, f'{tag} {name}="{escape(value)}"')
        return web.Response(text=html, content_type="text/html")

    async def asset(request: web.Request) -> web.FileResponse:
        return web.FileResponse(_WEB / "static" / "demo" / request.match_info["name"])

    app = web.Application()
    app.add_routes([web.get("/", page), web.get("/demo/static/{name}", asset), *stage.routes()])
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    for host in ("127.0.0.1", "::1"):
        await web.TCPSite(runner, host, port).start()
    try:
        yield
    finally:
        await runner.cleanup()


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at a site, with the chat in reach."""

    page: Page
    site: str

    @classmethod
    async def arrive(cls, context: BrowserContext, site: str, **attributes: str) -> "Visitor":
        """Open the site in a new tab."""
        visitor = cls(await context.new_page(), site)
        await visitor.load(**attributes)
        return visitor

    async def load(self, **attributes: str) -> None:
        """Open the site anew in the same tab."""
        query = urlencode({name.replace("_", "-"): value for name, value in attributes.items()})
        await self.page.goto(f"{self.site}/?{query}")

    async def open(self) -> None:
        """Open the chat and wait until it is there."""
        await self.launcher.click()
        await self.field.wait_for()

    async def leave(self) -> None:
        """Close the chat, and let it know."""
        await self.frame.locator("#close").click()
        await expect(self.launcher).to_have_attribute("aria-expanded", "false")
        await self.inside.evaluate("null")

    async def write(self, *texts: str) -> None:
        """Send messages."""
        for text in texts:
            await self.field.fill(text)
            await self.field.press("Enter")

    async def chat(self, *texts: str) -> None:
        """Open the chat, send messages and see the last one stored."""
        await self.open()
        await self.write(*texts)
        await self.sent()

    async def sent(self, word: str = "Sent") -> None:
        """Wait until the server has the last message."""
        state = self.frame.locator(".visitor").last.locator(".meta")
        await expect(state).to_have_text(word)

    @property
    def launcher(self) -> Locator:
        """The round button."""
        return self.page.locator("button.go")

    @property
    def dialog(self) -> Locator:
        """What the chat opens in."""
        return self.page.locator("dialog")

    @property
    def frame(self) -> FrameLocator:
        """The chat, for locators."""
        return self.page.frame_locator("dialog iframe")

    @property
    def inside(self) -> Frame:
        """The chat, for scripts."""
        return next(frame for frame in self.page.frames if "/chat/frame" in frame.url)

    @property
    def field(self) -> Locator:
        """Where messages are written."""
        return self.frame.locator("#text")

    @property
    def email(self) -> Locator:
        """The card's field."""
        return self.frame.locator("#email")

    @property
    def problem(self) -> Locator:
        """What the card complains about."""
        return self.frame.locator("#problem")

    @property
    def messages(self) -> Locator:
        """What was said, by everybody."""
        return self.frame.locator(".msg .text")

    @property
    def own(self) -> Locator:
        """What the visitor said."""
        return self.frame.locator(".visitor .text")

    def said(self, text: str) -> Locator:
        """One message."""
        return self.messages.get_by_text(text, exact=True)

    def state(self, text: str) -> Locator:
        """How far a message of the visitor's own has come."""
        return self.frame.locator(".visitor .meta").get_by_text(text, exact=True)

    async def scroll(self, top: int = 0) -> None:
        """Move the log, and let it notice."""
        await self.frame.locator("#log").evaluate(
            """(log, top) => new Promise(done => {
              log.addEventListener('scroll', done, {once: true});
              log.scrollTo({top, behavior: 'instant'});
            })""",
            top,
        )

    async def give(self, email: str) -> None:
        """Fill the card and send it."""
        await self.email.fill(email)
        await self.frame.locator(".card .send").click()
