"""Says who a visitor is: "Add contact" with all its states, and taking it back."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace

from aiohttp import web

from bot.core.model import ContactId
from bot.desk.errors import (
    DeskError,
    EmailTakenError,
    InvalidError,
    LinkChangedError,
    NoSuchContactError,
    NotFoundError,
)
from bot.desk.types import Link, Person
from bot.edge.forms import read_form
from bot.edge.numbers import LAST_ID, read_number
from bot.web.inbox.conversation.conversations import id_in, look_again, show_page, wanted_behind
from bot.web.inbox.conversation.details import Panel, Tab, look_at_details, read_panel
from bot.web.inbox.conversation.view_context import ViewContext
from bot.web.inbox.dependencies import Entry, InboxParts
from bot.web.inbox.pages import is_fragment, render

_REFRESH = {"HX-Trigger": "inbox:list, inbox:thread"}
_LINK_CHANGED = "Somebody else has said meanwhile who this visitor is. Nothing was changed."
_TAKEN = "A contact with this email is there already. Save links the visitor to it."


def contact_entries(parts: InboxParts) -> list[Entry]:
    """Show the pane beside a conversation, and let agents say who the visitor is."""
    pages = _Pages(parts)
    return [
        Entry("GET", r"/{id:\d+}/details", pages.show),
        Entry("GET", r"/{id:\d+}/contact", pages.show_panel),
        Entry("GET", r"/{id:\d+}/contact/match", pages.look_up),
        Entry("POST", r"/{id:\d+}/contact", pages.associate),
        Entry("POST", r"/{id:\d+}/contact/unlink", pages.unlink),
        Entry("POST", r"/{id:\d+}/consent/withdraw", pages.withdraw),
    ]


@dataclass(frozen=True, slots=True)
class _Pages:
    parts: InboxParts

    async def show(self, request: web.Request) -> web.Response:
        """Show the pane again, as things are now."""
        return await self._show(request, Panel())

    async def show_panel(self, request: web.Request) -> web.Response:
        """Open a side of the panel, or close it."""
        panel = read_panel(request.query)
        if not is_fragment(request):
            pane_of_page = wanted_behind(request).address
            query = f"?{panel.carry(panel.tab)}" if panel.tab else ""
            return _go(pane_of_page.partition("?")[0] + query)
        if panel.tab is None:
            return await self._show(request, panel, "add", part="_contact")
        field = request.query.get("focus", "email")
        return await self._show(request, panel, field, part="_contact")

    async def look_up(self, request: web.Request) -> web.Response:
        """Say who has exactly this email, and whether it looks mistyped."""
        panel = read_panel({"add": Tab.EXISTING, "email": "", **request.query})
        return await self._show(request, panel, part="_match")

    async def associate(self, request: web.Request) -> web.Response:
        """Link the visitor to a contact, or to a new one."""
        form = await read_form(request)
        panel = read_panel(form)
        try:
            await asyncio.to_thread(self._associate, request, panel, _read_link(form))
        except (NoSuchContactError, InvalidError) as error:
            return await self._show(request, _refused(panel, error), status=422)
        except EmailTakenError as error:
            taken = replace(panel, tab=Tab.EXISTING, email=error.contact.email, notice=_TAKEN)
            return await self._show(request, taken, "save", status=409)
        except LinkChangedError:
            return await self._show(request, Panel(notice=_LINK_CHANGED), "name", status=409)
        except NotFoundError:
            raise web.HTTPNotFound from None
        return await self._done(request, "name")

    async def unlink(self, request: web.Request) -> web.Response:
        """Take back who the visitor is said to be."""
        form = await read_form(request)
        desk, actor = self.parts.desk, ViewContext(self.parts, request).agent.actor
        try:
            await asyncio.to_thread(desk.dissociate, id_in(request), actor, _read_link(form))
        except LinkChangedError:
            return await self._show(request, Panel(notice=_LINK_CHANGED), "name", status=409)
        except NotFoundError:
            raise web.HTTPNotFound from None
        return await self._done(request, "add")

    async def withdraw(self, request: web.Request) -> web.Response:
        """Note that the visitor no longer agrees that its address is kept."""
        await read_form(request)
        desk, actor = self.parts.desk, ViewContext(self.parts, request).agent.actor
        try:
            await asyncio.to_thread(desk.withdraw_consent, id_in(request), actor)
        except NotFoundError:
            raise web.HTTPNotFound from None
        return await self._done(request, "name")

    def _associate(self, request: web.Request, panel: Panel, saw: Link) -> None:
        desk, actor = self.parts.desk, ViewContext(self.parts, request).agent.actor
        if panel.tab is Tab.CREATE:
            person = Person(panel.email or "", panel.first_name, panel.last_name)
            desk.associate_new(id_in(request), person, actor, saw)
        else:
            desk.associate(id_in(request), panel.email or "", actor, saw)

    async def _done(self, request: web.Request, focus: str) -> web.Response:
        if not is_fragment(request):
            return _go(wanted_behind(request).address)
        shown = await self._show(request, Panel(), focus)
        shown.headers.update(_REFRESH)
        return shown

    async def _show(
        self,
        request: web.Request,
        panel: Panel,
        focus: str = "",
        *,
        status: int = 200,
        part: str = "_details",
    ) -> web.Response:
        looking, wanted = ViewContext(self.parts, request), wanted_behind(request)
        try:
            context = await look_at_details(looking, wanted, panel, focus)
        except NotFoundError:
            raise web.HTTPNotFound from None
        if is_fragment(request):
            return render(request, f"inbox/{part}.html", status, **context)
        if request.method == "GET":
            return _go(wanted.address)
        thread = await look_again(looking, wanted)
        return await show_page(looking, wanted, {**thread, **context}, status)


def _refused(panel: Panel, error: DeskError) -> Panel:
    """Keep what was typed, and say what is wrong with which field of it."""
    if isinstance(error, NoSuchContactError):
        return replace(panel, tab=Tab.EXISTING, is_missing=True, field="email")
    field, _, words = str(error).partition(": ")
    return replace(panel, refusal=words[:1].upper() + words[1:], field=field)


def _read_link(form: Mapping[str, str]) -> Link:
    saw = read_number(form, "saw", LAST_ID)
    return Link(ContactId(saw) if saw else None)


def _go(where: str) -> web.Response:
    return web.Response(status=303, headers={"Location": where})
