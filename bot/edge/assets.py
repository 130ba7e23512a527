"""Files for browsers: read and compressed once, when the process starts."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import brotli
from aiohttp import web

SCRIPTS = Path(__file__).parent / "scripts"
"""Modules that the inbox, the widget and the simulator share."""
TOKENS = Path(__file__).parent / "page_files" / "tokens.css"
"""The colours, sizes and types of every page of ours."""
FOR_EVER = "public, max-age=31536000, immutable"
_TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".json": "application/json",
}
_BROTLI_BEST = 11


@dataclass(frozen=True, slots=True)
class Asset:
    """A static file in every encoding that a browser may accept."""

    content_type: str
    tag: str
    bodies: Mapping[str, bytes]
    """By Content-Encoding, the smallest first; `identity` is always there."""

    @classmethod
    def of(cls, text: str, suffix: str) -> "Asset":
        """Compress a text; the suffix, `.js` for one, says what it is."""
        body = text.encode()
        return cls(_TYPES[suffix], hashlib.sha256(body).hexdigest()[:16], _compress(body))

    def answer(self, request: web.Request, headers: Mapping[str, str]) -> web.Response:
        """Give it in the best encoding that the browser takes, or say that it has it."""
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


@cache
def _compress(body: bytes) -> Mapping[str, bytes]:
    return {
        "br": brotli.compress(body, quality=_BROTLI_BEST),
        "gzip": gzip.compress(body, mtime=0),
        "identity": body,
    }
