"""The inbox's scripts and styles, under an address that changes with them."""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from aiohttp import web

from bot.edge.assets import FOR_EVER, SCRIPTS, TOKENS, Asset
from bot.edge.bundle import join
from bot.edge.minify import minify
from bot.web.inbox.dependencies import PREFIX, Entry, Who

_STATIC = Path(__file__).parent.parent / "static"
_VENDOR = "vendor"
_SUFFIXES = {".js", ".css", ".svg"}
_ENTRIES = ("inbox", "composing_keys")
"""The modules that import others."""


@cache  # compressing takes a moment, and the files don't change while we run
def _assets() -> Mapping[str, Asset]:
    paths = [*(_STATIC / "inbox").rglob("*.*"), *SCRIPTS.iterdir()]
    texts = {path.name: _read(path) for path in paths}
    # one sheet, one script: a page asks for little
    texts["inbox.css"] = _read(TOKENS) + texts["inbox.css"]
    texts |= {f"{name}.js": join(name, texts) for name in _ENTRIES}
    return {
        name: Asset.of(text, Path(name).suffix)
        for name, text in sorted(texts.items())
        if Path(name).suffix in _SUFFIXES
    }


@cache
def _version() -> str:
    tags = "".join(asset.tag for asset in _assets().values())
    return hashlib.sha256(tags.encode()).hexdigest()[:8]


def _read(path: Path) -> str:
    text = path.read_text("utf-8")
    return text if path.parent.name == _VENDOR or path.suffix == ".svg" else minify(text)


def address(name: str) -> str:
    """Say where a file is; it must be there."""
    if name not in _assets():
        raise KeyError(name)
    return f"{PREFIX}/static/{_version()}/{name}"


def file_entries() -> list[Entry]:
    """Serve them; they are no secret."""
    return [Entry("GET", "/static/{version}/{name}", _serve, Who.ANYBODY)]


async def _serve(request: web.Request) -> web.Response:
    asset = _assets().get(request.match_info["name"])
    if asset is None:
        raise web.HTTPNotFound
    # a page of another version gets what there is, but must not keep it as its own
    is_current = request.match_info["version"] == _version()
    return asset.answer(request, {"Cache-Control": FOR_EVER if is_current else "no-cache"})
