"""The pages of contacts: all of them, and one with all that is known."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from aiohttp import web

from bot.core.model import ContactId
from bot.core.names import full_name
from bot.desk.errors import (
    ConflictError,
    DeskError,
    EmailTakenError,
    InvalidError,
    NotFoundError,
)
from bot.desk.types import ContactChanges
from bot.edge.forms import read_form
from bot.edge.numbers import LAST_ID, read_number, read_path_number
from bot.erasure import describe
from bot.storage.contacts.contacts import ContactList, ContactView
from bot.web.inbox.contacts.contact_page import ContactPage, DossierNotice
from bot.web.inbox.contacts.sources import date
from bot.web.inbox.conversation.view_context import Context, ViewContext
from bot.web.inbox.dependencies import PREFIX, Entry, InboxParts, Who
from bot.web.inbox.pages import HEADERS, render

HOME = f"{PREFIX}/contacts"
_PAGE = 50
_CHUNK = 64 * 1024
_FIELDS = ("email", "first_name", "last_name")
Form = Mapping[str, str]
_Page = Callable[[web.Request], Awaitable[web.StreamResponse]]


def contacts_entries(parts: InboxParts) -> list[Entry]:
    """Show contacts, change and merge them, hand them out, and forget them."""
    pages = _Pages(parts)
    one = r"/contacts/{id:\d+}"
    return [
        Entry("GET", "/contacts", pages.list),
        Entry("GET", "/contacts/export.csv", pages.export),
        Entry("GET", one, _found(pages.show)),
        Entry("POST", one, _found(pages.change)),
        Entry("GET", f"{one}/merge", _found(pages.compare)),
        Entry("POST", f"{one}/merge", _found(pages.merge)),
        Entry("POST", f"{one}/part", _found(pages.part)),
        Entry("POST", f"{one}/erase", _found(pages.erase), Who.ADMIN),
    ]


def _found(page: _Page) -> _Page:
    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return await page(request)
        except NotFoundError:
            raise web.HTTPNotFound from None

    return handle


@dataclass(frozen=True, slots=True)
class _Pages:
    parts: InboxParts

    async def list(self, request: web.Request) -> web.Response:
        """List contacts, the newest first."""
        text, cursor = request.query.get("q", ""), request.query.get("cursor") or None
        book = self.parts.desk.contacts
        try:
            found = await asyncio.to_thread(book.list, None, text, cursor, _PAGE)
        except InvalidError as error:
            nothing = ContactList([], None)
            return await self._show_list(request, text, nothing, _words(error), 422)
        return await self._show_list(request, text, found)

    async def export(self, request: web.Request) -> web.StreamResponse:
        """Hand out all contacts as one state of them."""
        actor = ViewContext(self.parts, request).agent.actor
        # into a file first: whoever reads slowly must not hold the database's connection
        with tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as file:
            await asyncio.to_thread(self.parts.desk.contacts.export, file, actor)
            return await _send(request, file)

    async def show(self, request: web.Request) -> web.Response:
        """Show one contact with all that is known."""
        looking, chosen = ViewContext(self.parts, request), _id_in(request)
        dossier = await ContactPage.read(looking, chosen)
        if dossier.contact.id != chosen:
            return _go(f"{HOME}/{dossier.contact.id}")
        return _render(request, dossier)

    async def change(self, request: web.Request) -> web.Response:
        """Change what an agent has changed in the form, and nothing else."""
        looking, chosen = ViewContext(self.parts, request), _id_in(request)
        form = await read_form(request)
        changes = ContactChanges()
        for field in _FIELDS:
            if form.get(field, "").strip() != form.get(f"was_{field}", ""):
                changes[field] = form.get(field, "")  # type: ignore[literal-required] # one of them
        change = self.parts.desk.contacts.change
        try:
            await asyncio.to_thread(change, chosen, changes, looking.agent.actor, _saw(form))
        except DeskError as error:
            if isinstance(error, NotFoundError):
                raise
            return await self._refuse(looking, chosen, error, form)
        return _go(f"{HOME}/{chosen}")

    async def compare(self, request: web.Request) -> web.Response:
        """Show two contacts beside each other, to choose which one stays."""
        looking, chosen = ViewContext(self.parts, request), _id_in(request)
        email = request.query.get("email", "").strip()
        match = await asyncio.to_thread(self.parts.desk.contacts.look_up, email)
        dossier = await ContactPage.read(looking, chosen)
        if match is None or match.contact.id == dossier.contact.id:
            words = "No contact has this email." if match is None else "This is the contact itself."
            notice = DossierNotice(words, "merge", email)
            return _render(request, dossier, 422, notice=notice)
        other = await ContactPage.read(looking, match.contact.id)
        return render(request, "inbox/merge.html", dossiers=[dossier, other], home=HOME)

    async def merge(self, request: web.Request) -> web.Response:
        """Make one of two."""
        looking, chosen = ViewContext(self.parts, request), _id_in(request)
        form = await read_form(request)
        other, kept = (read_number(form, name, LAST_ID) or 0 for name in ("other", "kept"))
        if kept not in {chosen, other}:
            raise web.HTTPUnprocessableEntity
        gone = ContactId(other if kept == chosen else chosen)
        merge = self.parts.desk.contacts.merge
        try:
            await asyncio.to_thread(merge, ContactId(kept), gone, looking.agent.actor)
        except (ConflictError, InvalidError) as error:
            return await self._refuse(looking, chosen, error, {})
        return _go(f"{HOME}/{kept}")

    async def part(self, request: web.Request) -> web.Response:
        """Undo a merging."""
        looking, chosen = ViewContext(self.parts, request), _id_in(request)
        merge_id = read_number(await read_form(request), "merge", LAST_ID) or 0
        part = self.parts.desk.contacts.part
        try:
            back = await asyncio.to_thread(part, merge_id, looking.agent.actor)
        except ConflictError as error:
            return await self._refuse(looking, chosen, error, {})
        return _go(f"{HOME}/{back.id}")

    async def erase(self, request: web.Request) -> web.Response:
        """Forget a person, if the one who wants it has typed whom."""
        looking, chosen = ViewContext(self.parts, request), _id_in(request)
        typed = (await read_form(request)).get("email", "")
        erase = self.parts.desk.contacts.erase
        try:
            erased = await asyncio.to_thread(erase, chosen, typed, looking.agent.actor)
        except InvalidError as error:
            dossier = await ContactPage.read(looking, chosen)
            return _render(
                request, dossier, 422, notice=DossierNotice(_words(error), "erase", typed)
            )
        nothing = await asyncio.to_thread(self.parts.desk.contacts.list, None, None, None, _PAGE)
        return await self._show_list(request, "", nothing, describe(erased))

    async def _show_list(
        self, request: web.Request, text: str, found: ContactList, said: str = "", status: int = 200
    ) -> web.Response:
        sight = await ViewContext(self.parts, request).sight([])
        rows = [
            {"contact": each, "name": _name(each), "since": date(each.created_at, sight)}
            for each in found.contacts
        ]
        context: Context = {"rows": rows, "text": text, "further": found.next_cursor, "said": said}
        return render(request, "inbox/contacts.html", status, home=HOME, **context)

    async def _refuse(
        self, looking: ViewContext, id: ContactId, error: DeskError, form: Form
    ) -> web.Response:
        """Show the contact as it is now, with what was typed and why it was not taken."""
        dossier = await ContactPage.read(looking, id)
        other = error.contact if isinstance(error, EmailTakenError) else None
        field = str(error).partition(": ")[0] if isinstance(error, InvalidError) else ""
        status = 422 if isinstance(error, InvalidError) else 409
        notice = DossierNotice(_words(error), field, other=other)
        return _render(looking.request, dossier, status, notice=notice, kept=form)


def _render(
    request: web.Request,
    dossier: ContactPage,
    status: int = 200,
    *,
    notice: DossierNotice | None = None,
    kept: Form | None = None,
) -> web.Response:
    context: Context = {"dossier": dossier, "notice": notice or DossierNotice(), "kept": kept or {}}
    return render(request, "inbox/contact.html", status, home=HOME, **context)


async def _send(request: web.Request, file: IO[str]) -> web.StreamResponse:
    headers = {
        **HEADERS,
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": 'attachment; filename="contacts.csv"',
    }
    response = web.StreamResponse(headers=headers)
    await response.prepare(request)
    await asyncio.to_thread(file.seek, 0)
    while chunk := await asyncio.to_thread(file.read, _CHUNK):
        await response.write(chunk.encode())
    await response.write_eof()
    return response


def _name(contact: ContactView) -> str:
    return full_name(contact.first_name, contact.last_name)


def _words(error: DeskError) -> str:
    """Leave out the field's name: the words stand right under it."""
    words = str(error).partition(": ")[2] or str(error)
    return words[:1].upper() + words[1:]


def _saw(form: Form) -> datetime | None:
    try:
        return datetime.fromisoformat(form.get("saw", ""))
    except ValueError:
        return None


def _id_in(request: web.Request) -> ContactId:
    return ContactId(read_path_number(request))


def _go(where: str) -> web.Response:
    return web.Response(status=303, headers={**HEADERS, "Location": where})
