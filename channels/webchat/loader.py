"""The one script that a site embeds, with the operator's wishes written into it."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any

from aiohttp import web

from bot.edge.assets import Asset
from bot.edge.minify import minify
from bot.edge.shorten_script import shorten
from channels.webchat.embedding import embedder
from channels.webchat.languages import Words
from channels.webchat.settings import WebChatSettings
from config.colors import accent
from config.own_texts import choose_text

SCRIPT, STYLE = "widget.js", "loader.css"
_FOLDER = Path(__file__).parent / "widget"
_WORDS = ("open", "close", "failed", "again")
_FOR_A_WHILE = "public, max-age=600"
_AROUND_SIGNS = re.compile(r"\s*([{};,~!])\s*|(?<=:)\s+")


class Loader:
    """Serves the loader; to a site that may not embed the chat one that draws no launcher."""

    def __init__(
        self, settings: WebChatSettings, locale: str, strings: Mapping[str, Words]
    ) -> None:
        """Write and compress both."""
        told: dict[str, Any] = {  # Any: texts, and texts by language
            "origin": settings.public_origin,
            "title": choose_text(settings.title, locale, locale)[0],
            "locale": locale,
            "style": _write_style(settings.color),
            "strings": {
                language: [words["launcher"][name] for name in _WORDS]
                for language, words in sorted(strings.items())
            },
        }
        self._settings = settings
        self._usual = Asset.of(_write_script(told), ".js")
        self._refusing = Asset.of(_write_script({**told, "refused": True}), ".js")

    def route(self) -> web.RouteDef:
        """Serve the loader under its short name."""
        return web.get(f"/{SCRIPT}", self._serve)

    async def _serve(self, request: web.Request) -> web.Response:
        # a site that the browser does not name gets the usual one, and learns it from the frame
        headers = {
            "Access-Control-Allow-Origin": "*",  # a public file, for pages that check its hash
            "Cross-Origin-Resource-Policy": "cross-origin",
        }
        site = embedder(request)
        if site is None or self._settings.admits(site):
            return self._usual.answer(request, {**headers, "Cache-Control": _FOR_A_WHILE})
        return self._refusing.answer(request, {**headers, "Cache-Control": "no-store"})


def _write_script(told: Mapping[str, Any]) -> str:
    written = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    script = shorten(minify((_FOLDER / SCRIPT).read_text("utf-8")))
    return script.replace("__SETTINGS__", written, 1)


def _write_style(color: str) -> str:
    tones = accent(color)
    sheet = Template(minify((_FOLDER / STYLE).read_text("utf-8"))).substitute(
        accent=tones["light"]["accent"],
        on_accent=tones["light"]["on_accent"],
        dark_accent=tones["dark"]["accent"],
        on_dark_accent=tones["dark"]["on_accent"],
    )
    return _AROUND_SIGNS.sub(r"\1", sheet)
