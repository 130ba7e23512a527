"""Pages as other people build them: their styles, their headers and what they do to themselves."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web

_ROOT = Path(__file__).parents[3]
_PACKAGES = _ROOT / "node_modules"
_VENDOR = _ROOT / "bot" / "web" / "static" / "inbox" / "vendor"
_LIBRARIES = {
    "turbo.js": _PACKAGES / "@hotwired" / "turbo" / "dist" / "turbo.es2017-umd.js",
    "htmx-2.js": _PACKAGES / "htmx.org" / "dist" / "htmx.min.js",
    "htmx-4.js": _VENDOR / "htmx-4.0.1.min.js",
}


@dataclass(slots=True)
class Stage:
    """Serves what a test puts there, under the shop's origin."""

    origin: str
    widget: str
    _pages: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)

    @property
    def embed(self) -> str:
        """The one line."""
        return f'<script async src="{self.widget}"></script>'

    def put(self, name: str, body: str = "", head: str = "", **headers: str) -> str:
        """Put a page with the widget there, and tell its address."""
        return self.put_plain(name, body, self.embed + head, **headers)

    def put_plain(self, name: str, body: str = "", head: str = "", **headers: str) -> str:
        """Put a page there that embeds nothing by itself."""
        html = (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
            f"<title>{name}</title>{head}</head><body>{body}</body></html>"
        )
        self._pages[name] = html, {name.replace("_", "-"): text for name, text in headers.items()}
        return f"{self.origin}/stage/{name}"

    def library(self, name: str) -> str:
        """Load one of npm's libraries."""
        if not _LIBRARIES[name].exists():
            pytest.skip("`npm ci` puts what this page is built with into node_modules")
        return f'<script src="{self.origin}/libraries/{name}"></script>'

    def routes(self) -> list[web.RouteDef]:
        """Serve them."""
        return [
            web.get("/stage/{name}", self._show),
            web.get("/libraries/{name}", self._lend),
        ]

    async def _show(self, request: web.Request) -> web.Response:
        html, headers = self._pages[request.match_info["name"]]
        return web.Response(text=html, content_type="text/html", headers=headers)

    async def _lend(self, request: web.Request) -> web.FileResponse:
        return web.FileResponse(_LIBRARIES[request.match_info["name"]])
