"""The page of webhooks, for admins: which programs are told what happens, and how that went."""

import asyncio
from dataclasses import dataclass

from aiohttp import web

from bot.core.model import OutboxId
from bot.desk.errors import ConflictError, InvalidError, NotFoundError
from bot.edge.forms import read_fields
from bot.edge.numbers import read_path_number
from bot.notifications.webhook_events import WebhookEvent
from bot.storage.team.webhook_endpoints import EndpointState
from bot.web.inbox.dependencies import PREFIX, Entry, InboxParts, Who, agent_of
from bot.web.inbox.entry import go
from bot.web.inbox.pages import read_said, render

_HOME = f"{PREFIX}/webhooks"
_SAID = {
    "added": "Added. Give the program the secret below: by it it knows that we are the sender.",
    "changed": "Changed.",
    "removed": "Removed.",
    "again": "It is sent once more.",
}


def program_entries(parts: InboxParts) -> list[Entry]:
    """Serve the pages and what they do."""
    pages = _Programs(parts)
    one = r"/webhooks/{id:\d+}"
    return [
        Entry("GET", "/webhooks", pages.list, Who.ADMIN),
        Entry("POST", "/webhooks", pages.add, Who.ADMIN),
        Entry("GET", one, pages.show, Who.ADMIN),
        Entry("POST", f"{one}/on", pages.switch_on, Who.ADMIN),
        Entry("POST", f"{one}/off", pages.switch_off, Who.ADMIN),
        Entry("POST", f"{one}/remove", pages.remove, Who.ADMIN),
        Entry("POST", rf"{one}/deliveries/{{delivery:\d+}}", pages.redeliver, Who.ADMIN),
    ]


@dataclass(frozen=True, slots=True)
class _Programs:
    parts: InboxParts

    async def list(self, request: web.Request) -> web.Response:
        return await self._list(request)

    async def add(self, request: web.Request) -> web.Response:
        form, by = await read_fields(request), agent_of(request).email
        url, events = form.get("url", ""), form.getall("event", [])
        try:
            added = await asyncio.to_thread(self.parts.programs.add, url, events, by)
        except InvalidError as error:
            return await self._list(request, 422, str(error), url)
        return go(f"{_HOME}/{added}?said=added")

    async def show(self, request: web.Request) -> web.Response:
        return await self._show(request)

    async def switch_on(self, request: web.Request) -> web.Response:
        return await self._switch(request, EndpointState.ON)

    async def switch_off(self, request: web.Request) -> web.Response:
        return await self._switch(request, EndpointState.OFF)

    async def remove(self, request: web.Request) -> web.Response:
        which, by = read_path_number(request), agent_of(request).email
        try:
            await asyncio.to_thread(self.parts.programs.remove, which, by)
        except NotFoundError:
            raise web.HTTPNotFound from None
        return go(f"{_HOME}?said=removed")

    async def redeliver(self, request: web.Request) -> web.Response:
        which, delivery = read_path_number(request), OutboxId(read_path_number(request, "delivery"))
        by = agent_of(request).email
        try:
            await asyncio.to_thread(self.parts.programs.redeliver, which, delivery, by)
        except NotFoundError:
            raise web.HTTPNotFound from None
        except ConflictError as error:
            return await self._show(request, 409, str(error))
        return go(f"{_HOME}/{which}?said=again")

    async def _switch(self, request: web.Request, state: EndpointState) -> web.Response:
        which, by = read_path_number(request), agent_of(request).email
        try:
            await asyncio.to_thread(self.parts.programs.switch, which, state, by)
        except NotFoundError:
            raise web.HTTPNotFound from None
        return go(f"{_HOME}/{which}?said=changed")

    async def _list(
        self, request: web.Request, status: int = 200, refusal: str = "", kept: str = ""
    ) -> web.Response:
        return render(
            request,
            "inbox/webhooks.html",
            status,
            programs=await asyncio.to_thread(self.parts.programs.list),
            events=list(WebhookEvent),
            said=read_said(request, _SAID),
            refusal=refusal,
            kept=kept,
        )

    async def _show(
        self, request: web.Request, status: int = 200, refusal: str = ""
    ) -> web.Response:
        try:
            program = await asyncio.to_thread(self.parts.programs.show, read_path_number(request))
        except NotFoundError:
            raise web.HTTPNotFound from None
        return render(
            request,
            "inbox/webhook.html",
            status,
            program=program.endpoint,
            deliveries=program.deliveries,
            zone=self.parts.zone,
            said=read_said(request, _SAID),
            refusal=refusal,
        )
