"""The frame's files: read and compressed once, when the process starts."""

import hashlib
import json
from pathlib import Path

from aiohttp import web

from bot.edge.assets import FOR_EVER, SCRIPTS, Asset
from bot.edge.bundle import join
from bot.edge.minify import minify
from channels.webchat import loader
from channels.webchat.languages import read_strings

STATIC = "/chat/static"
_FOLDER = Path(__file__).parent / "widget"
_FRAME = "frame.js"
_SUFFIXES = {".js", ".css"}
_NOT_THE_FRAMES = {loader.SCRIPT, loader.STYLE}


class Assets:
    """Serves the frame's files under one version."""

    def __init__(self) -> None:
        """Read and compress them; a change of any file changes the address of all."""
        paths = [
            path
            for path in sorted(_FOLDER.iterdir())
            if path.suffix in _SUFFIXES and path.name not in _NOT_THE_FRAMES
        ]
        texts = {path.name: minify(path.read_text("utf-8")) for path in paths}
        shared = {"composing.js": minify((SCRIPTS / "composing.js").read_text("utf-8"))}
        texts[_FRAME] = join("frame", texts | shared)  # one request, compressed together
        texts |= {
            f"files.{language}.json": json.dumps(words["files"], ensure_ascii=False)
            for language, words in sorted(read_strings().items())
        }
        self._assets = {name: Asset.of(text, Path(name).suffix) for name, text in texts.items()}
        self.version = hashlib.sha256("\0".join(texts.values()).encode()).hexdigest()[:8]

    def address(self, name: str) -> str:
        """Say where one of the frame's files is; it must be there."""
        if name not in self._assets:
            raise KeyError(name)
        return f"{STATIC}/{self.version}/{name}"

    def routes(self) -> list[web.RouteDef]:
        """Serve the widget's assets."""
        return [web.get(STATIC + "/{version}/{name}", self._serve)]

    async def _serve(self, request: web.Request) -> web.Response:
        asset = self._assets.get(request.match_info["name"])
        if asset is None:
            raise web.HTTPNotFound
        # a frame of another version gets what there is, but must not keep it as its own
        is_current = request.match_info["version"] == self.version
        return asset.answer(request, {"Cache-Control": FOR_EVER if is_current else "no-cache"})
