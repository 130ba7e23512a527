"""The widget's files: read and compressed once, when the process starts."""

import gzip
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import brotli
from aiohttp import web

from channels.webchat.languages import Words
from channels.webchat.settings import WebChatSettings
from channels.webchat.slim import slim
from channels.webchat.views import accent

STATIC = "/chat/static"
_FOLDER = Path(__file__).parent / "widget"
_LOADER = "widget.js"
_TYPES = {".js": "text/javascript", ".css": "text/css"}
_FOR_EVER = "public, max-age=31536000, immutable"
_FOR_A_WHILE = "public, max-age=600"
_BROTLI_BEST = 11


@dataclass(frozen=True, slots=True)
class _Asset:
    content_type: str
    tag: str
    bodies: Mapping[str, bytes]
    """By Content-Encoding, the smallest first; `identity` is always there."""

    @classmethod
    def of(cls, text: str, suffix: str) -> "_Asset":
        body = text.encode()
        bodies = {
            "br": brotli.compress(body, quality=_BROTLI_BEST),
            "gzip": gzip.compress(body, mtime=0),
            "identity": body,
        }
        return cls(_TYPES[suffix], hashlib.sha256(body).hexdigest()[:16], bodies)

    def answer(self, request: web.Request, headers: Mapping[str, str]) -> web.Response:
        shown = {**headers, "Vary": "Accept-Encoding", "ETag": f'"{self.tag}"'}
        if any(tag.value == self.tag for tag in request.if_none_match or ()):
            return web.Response(status=304, headers=shown)
        encoding = self._choose(request.headers.get("Accept-Encoding", ""))
        if encoding != "identity":
            shown["Content-Encoding"] = encoding
        return web.Response(
            body=self.bodies[encoding],
            content_type=self.content_type,
            charset="utf-8",
            headers=shown,
        )

    def _choose(self, accepted: str) -> str:
        offered = {part.partition(";")[0].strip() for part in accepted.lower().split(",")}
        return next((each for each in self.bodies if each in offered), "identity")


class Assets:
    """Serves the loader under its short name, and the frame's files under one version."""

    def __init__(
        self, settings: WebChatSettings, locale: str, strings: Mapping[str, Words]
    ) -> None:
        """Read and compress them; a change of any file changes the address of all."""
        paths = [
            path
            for path in sorted(_FOLDER.iterdir())
            if path.suffix in _TYPES and path.name != _LOADER
        ]
        texts = {path.name: slim(path.read_text("utf-8")) for path in paths}
        self._assets = {path.name: _Asset.of(texts[path.name], path.suffix) for path in paths}
        self.version = hashlib.sha256("\0".join(texts.values()).encode()).hexdigest()[:8]
        self._loader = _Asset.of(_write_loader(settings, locale, strings), ".js")

    def address(self, name: str) -> str:
        """Say where one of the frame's files is; it must be there."""
        if name not in self._assets:
            raise KeyError(name)
        return f"{STATIC}/{self.version}/{name}"

    def routes(self) -> list[web.RouteDef]:
        """Serve them."""
        return [
            web.get(f"/{_LOADER}", self._serve_loader),
            web.get(STATIC + "/{version}/{name}", self._serve),
        ]

    async def _serve_loader(self, request: web.Request) -> web.Response:
        headers = {
            "Cache-Control": _FOR_A_WHILE,
            "Access-Control-Allow-Origin": "*",  # a public file, for pages that check its hash
            "Cross-Origin-Resource-Policy": "cross-origin",
        }
        return self._loader.answer(request, headers)

    async def _serve(self, request: web.Request) -> web.Response:
        asset = self._assets.get(request.match_info["name"])
        if asset is None:
            raise web.HTTPNotFound
        # a frame of another version gets what there is, but must not keep it as its own
        is_current = request.match_info["version"] == self.version
        return asset.answer(request, {"Cache-Control": _FOR_EVER if is_current else "no-cache"})


def _write_loader(settings: WebChatSettings, locale: str, strings: Mapping[str, Words]) -> str:
    told: dict[str, Any] = {  # Any: texts, and texts by plural form
        "origin": settings.public_origin,
        "title": settings.title,
        "locale": locale,
        "accent": accent(settings.color),
        "strings": {language: words["launcher"] for language, words in sorted(strings.items())},
    }
    written = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return slim((_FOLDER / _LOADER).read_text("utf-8")).replace("__SETTINGS__", written, 1)
