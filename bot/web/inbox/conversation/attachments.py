"""Our own copies of what visitors attached, shown so that nothing in them can act."""

import asyncio
from dataclasses import dataclass

from aiohttp import web

from bot.core.files import agent_owner
from bot.core.model import MessageId
from bot.edge.file_answers import give_file
from bot.edge.file_kinds import OTHER, SHOWN
from bot.edge.numbers import read_path_number
from bot.web.inbox.dependencies import Entry, InboxParts, agent_of

_LAST_POSITION = 1_000
_HEADERS = {
    "Cache-Control": "private, max-age=86400",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_ENDINGS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "application/pdf": "pdf",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "video/mp4": "mp4",
}


def attachment_entries(parts: InboxParts) -> list[Entry]:
    """Serve them to agents."""
    return [
        Entry("GET", r"/files/{message:\d+}/{position:\d+}", _Copies(parts).serve),
        Entry("GET", "/uploads/{id}", _Uploads(parts).serve),
    ]


@dataclass(frozen=True, slots=True)
class _Uploads:
    parts: InboxParts

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Show a picture that was made anew; give anything else as a file to keep."""
        owner = agent_owner(agent_of(request).email)
        find = self.parts.files.find_for_agent
        found = await asyncio.to_thread(find, owner, request.match_info["id"])
        if found is None:
            raise web.HTTPNotFound
        return await give_file(request, found)


@dataclass(frozen=True, slots=True)
class _Copies:
    parts: InboxParts

    async def serve(self, request: web.Request) -> web.Response:
        """Show a picture; give anything else as a file to keep."""
        message = read_path_number(request, "message")
        position = read_path_number(request, "position", _LAST_POSITION)
        find = self.parts.reading.file
        stored = await asyncio.to_thread(find, MessageId(message), position)
        if stored is None:
            raise web.HTTPNotFound
        kind = stored.mark.content_type or OTHER
        name = f"attachment-{message}-{position}.{_ENDINGS.get(kind, 'bin')}"
        way = "inline" if kind in SHOWN else "attachment"
        return web.Response(
            body=stored.body,
            content_type=kind if kind in SHOWN else OTHER,
            headers={**_HEADERS, "Content-Disposition": f'{way}; filename="{name}"'},
        )
