"""Mails as they came, shown to agents so that nothing in them can act."""

import asyncio
from dataclasses import dataclass

from aiohttp import web

from bot.edge.numbers import LAST_SEQ, read_path_number
from bot.storage.mails.original_mails import Original
from bot.web.inbox.conversation.conversations import id_in
from bot.web.inbox.dependencies import Entry, InboxParts

_HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_FOLDER = r"/{id:\d+}/messages/{seq:\d+}"


def original_entries(parts: InboxParts) -> list[Entry]:
    """Serve them to agents: their text, and all of them as a file to keep."""
    originals = _Originals(parts)
    return [
        Entry("GET", f"{_FOLDER}/original", originals.show),
        Entry("GET", f"{_FOLDER}/original.eml", originals.give),
    ]


@dataclass(frozen=True, slots=True)
class _Originals:
    parts: InboxParts

    async def show(self, request: web.Request) -> web.Response:
        """Show all of the text, as text; no page of a mail is ever drawn."""
        original = await self._find(request)
        return web.Response(text=_told(original), content_type="text/plain", headers=_HEADERS)

    async def give(self, request: web.Request) -> web.Response:
        """Give the mail as a file to keep."""
        original = await self._find(request)
        headers = {**_HEADERS, "Content-Disposition": 'attachment; filename="mail.eml"'}
        return web.Response(
            body=original.raw, content_type="application/octet-stream", headers=headers
        )

    async def _find(self, request: web.Request) -> Original:
        seq = read_path_number(request, "seq", LAST_SEQ)
        find = self.parts.reading.original
        original = await asyncio.to_thread(find, id_in(request), seq)
        if original is None:
            raise web.HTTPNotFound
        return original


def _told(original: Original) -> str:
    files = "".join(f"Attached: {name}\n" for name in original.files)
    at = f"{original.created_at:%Y-%m-%d %H:%M} UTC"
    return f"From: {original.sender}\nReceived: {at}\n{files}\n{original.whole}\n"
