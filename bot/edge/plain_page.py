"""A small page of ours in the look of the chat: a title, a sentence, and perhaps one button."""

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path
from string import Template

from aiohttp import web
from jinja2 import Environment

from config.colors import DARK_SURFACE, lightened_for, text_on

_FOLDER = Path(__file__).parent / "page_files"


@dataclass(frozen=True, slots=True)
class PlainPage:
    """The page's title, text and links."""

    language: str
    title: str
    text: str
    button: str | None = None
    """Pressed, it posts to the page's own address: opening the page alone changes nothing."""


class PlainPages:
    """Writes such pages in the operator's colour; nothing but the page itself is loaded."""

    def __init__(self, color: str) -> None:
        """Read the files."""
        dark = lightened_for(DARK_SURFACE, color)
        template = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
        self._style = Template((_FOLDER / "page.css").read_text("utf-8")).substitute(
            accent=color, on_accent=text_on(color), dark_accent=dark, on_dark_accent=text_on(dark)
        )
        self._page = template.from_string((_FOLDER / "page.html").read_text("utf-8"))
        mac = base64.b64encode(hashlib.sha256(self._style.encode()).digest()).decode()
        self._policy = (
            f"default-src 'none'; style-src 'sha256-{mac}'; img-src data:; base-uri 'none';"
            " form-action 'self'; frame-ancestors 'none'"
        )

    def show(self, page: PlainPage, status: int = 200) -> web.Response:
        """Answer with a page."""
        return web.Response(
            text=self._page.render(page=page, style=self._style),
            status=status,
            content_type="text/html",
            headers={
                "Content-Security-Policy": self._policy,
                "Cache-Control": "no-store",
                # a form's Origin is kept from the page itself under `no-referrer`
                "Referrer-Policy": "same-origin",
                "X-Robots-Tag": "noindex",
                "X-Content-Type-Options": "nosniff",
            },
        )
