"""The page of saved replies, and the list that the composer offers."""

import asyncio
from dataclasses import dataclass

from aiohttp import web

from bot.desk.errors import ConflictError, DeskError, InvalidError, NotFoundError
from bot.edge.forms import read_form
from bot.edge.numbers import read_path_number
from bot.web.inbox.dependencies import PREFIX, Entry, InboxParts, agent_of
from bot.web.inbox.entry import go
from bot.web.inbox.pages import read_said, render

_HOME = f"{PREFIX}/replies"
_SAID = {"kept": "Saved.", "deleted": "Deleted."}


def reply_entries(parts: InboxParts) -> list[Entry]:
    """Serve the page, what it does, and the list for the composer."""
    pages = _Replies(parts)
    return [
        Entry("GET", "/replies", pages.show),
        Entry("POST", "/replies", pages.add),
        Entry("POST", r"/replies/{id:\d+}", pages.change),
        Entry("POST", r"/replies/{id:\d+}/delete", pages.delete),
        Entry("GET", "/replies.json", pages.list),
    ]


@dataclass(frozen=True, slots=True)
class _Replies:
    parts: InboxParts

    async def show(self, request: web.Request) -> web.Response:
        return await self._page(request, said=read_said(request, _SAID))

    async def list(self, _request: web.Request) -> web.Response:
        found = await asyncio.to_thread(self.parts.saved_replies.list)
        listed = [{"shortcut": one.shortcut, "text": one.text} for one in found]
        return web.json_response({"replies": listed}, headers={"Cache-Control": "no-store"})

    async def add(self, request: web.Request) -> web.Response:
        form, by = await read_form(request), agent_of(request).email
        shelf, words = self.parts.saved_replies, (form.get("shortcut", ""), form.get("text", ""))
        try:
            await asyncio.to_thread(shelf.add, *words, by)
        except DeskError as error:
            return await self._refuse(request, error, 0, words)
        return go(f"{_HOME}?said=kept")

    async def change(self, request: web.Request) -> web.Response:
        form, chosen = await read_form(request), read_path_number(request)
        shelf, words = self.parts.saved_replies, (form.get("shortcut", ""), form.get("text", ""))
        try:
            await asyncio.to_thread(shelf.change, chosen, *words)
        except NotFoundError:
            raise web.HTTPNotFound from None
        except DeskError as error:
            return await self._refuse(request, error, chosen, words)
        return go(f"{_HOME}?said=kept")

    async def delete(self, request: web.Request) -> web.Response:
        await asyncio.to_thread(self.parts.saved_replies.delete, read_path_number(request))
        return go(f"{_HOME}?said=deleted")

    async def _refuse(
        self, request: web.Request, error: DeskError, id: int, words: tuple[str, str]
    ) -> web.Response:
        if not isinstance(error, InvalidError | ConflictError):
            raise error
        status = 422 if isinstance(error, InvalidError) else 409
        return await self._page(request, status, refused=id, refusal=str(error), kept=words)

    async def _page(self, request: web.Request, status: int = 200, **shown: object) -> web.Response:
        found = await asyncio.to_thread(self.parts.saved_replies.list)
        context = {"said": "", "refused": None, **shown}
        return render(request, "inbox/replies.html", status, replies=found, **context)
