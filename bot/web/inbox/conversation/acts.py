"""Agents' acts in a conversation: reply, note, assign, close, ask, send again."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from bot.core.model import ConversationId, Status
from bot.desk.errors import (
    ConflictError,
    DeskError,
    InvalidError,
    StaleVersionError,
)
from bot.desk.types import ConversationChanges, Words
from bot.edge.forms import read_form
from bot.edge.numbers import LAST_SEQ, read_number, read_path_number
from bot.web.inbox.conversation.audit_entries import say_change
from bot.web.inbox.conversation.conversations import (
    id_in,
    look_again,
    or_gone,
    show_page,
    wanted_behind,
)
from bot.web.inbox.conversation.times import ago
from bot.web.inbox.conversation.view_context import ViewContext
from bot.web.inbox.dependencies import Entry, Handler, InboxParts
from bot.web.inbox.pages import is_fragment, render

_NOTE, _MAIL, _CLOSE = "note", "mail", "close"
Form = Mapping[str, str]
Act = Callable[[ViewContext, ConversationId, Form], Awaitable[None]]


def act_entries(parts: InboxParts) -> list[Entry]:
    """Let agents act; each act answers with the conversation as it is then."""
    acts = _Acts(parts)
    return [
        Entry("POST", r"/{id:\d+}/messages", acts.handler(acts.write)),
        Entry("POST", r"/{id:\d+}/messages/{seq:\d+}/retry", acts.handler(acts.retry)),
        Entry("POST", r"/{id:\d+}/messages/{seq:\d+}/take", acts.handler(acts.take)),
        Entry("POST", r"/{id:\d+}/assign", acts.handler(acts.assign)),
        Entry("POST", r"/{id:\d+}/status", acts.handler(acts.set_status)),
        Entry("POST", r"/{id:\d+}/ask", acts.handler(acts.ask)),
    ]


@dataclass(frozen=True, slots=True)
class _Acts:
    parts: InboxParts

    def handler(self, act: Act) -> Handler:
        """Do an act and show what has become of the conversation, or why it was not done."""

        async def handle(request: web.Request) -> web.Response:
            looking, chosen = ViewContext(self.parts, request), id_in(request)
            form = await read_form(request)
            try:
                await act(looking, chosen, form)
            except InvalidError as error:
                return await self._refuse(looking, form, error)
            except ConflictError as error:
                return await self._tell(looking, form, error)
            if not is_fragment(request):
                return web.Response(
                    status=303, headers={"Location": wanted_behind(request).address}
                )
            return await self._show(looking)

        return or_gone(self.parts, handle)

    async def write(self, looking: ViewContext, id: ConversationId, form: Form) -> None:
        """Answer the visitor or write a note, and close the conversation if that is wished."""
        words = Words(form.get("text", "").replace("\r\n", "\n"), form.get("client_id", ""))
        desk = self.parts.desk
        write = {_NOTE: desk.note, _MAIL: desk.mail_instead}.get(form.get("kind", ""), desk.reply)
        await asyncio.to_thread(write, id, words, looking.agent.actor)
        if form.get("then") == _CLOSE:
            view = await asyncio.to_thread(self.parts.desk.conversation, id)
            changes = ConversationChanges(status=Status.CLOSED)
            change = self.parts.desk.change
            await asyncio.to_thread(change, id, view.version, changes, looking.agent.actor)

    async def retry(self, looking: ViewContext, id: ConversationId, _form: Form) -> None:
        """Send again what did not arrive."""
        seq = read_path_number(looking.request, "seq", LAST_SEQ)
        await asyncio.to_thread(self.parts.desk.retry, id, seq, looking.agent.actor)

    async def take(self, looking: ViewContext, id: ConversationId, _form: Form) -> None:
        """Make a mail from another address the visitor's answer."""
        seq = read_path_number(looking.request, "seq", LAST_SEQ)
        await asyncio.to_thread(self.parts.desk.take_answer, id, seq, looking.agent.actor)

    async def assign(self, looking: ViewContext, id: ConversationId, form: Form) -> None:
        """Give the conversation to somebody, or to nobody."""
        changes = ConversationChanges(assignee=form.get("assignee") or None)
        await self._change(looking, id, form, changes)

    async def set_status(self, looking: ViewContext, id: ConversationId, form: Form) -> None:
        """Close or reopen."""
        try:
            changes = ConversationChanges(status=Status(form.get("status", "")))
        except ValueError:
            msg = "status: open or closed."
            raise InvalidError(msg) from None
        await self._change(looking, id, form, changes)

    async def ask(self, looking: ViewContext, id: ConversationId, _form: Form) -> None:
        """Let the visitor be asked for an email."""
        await asyncio.to_thread(self.parts.desk.ask, id, looking.agent.actor)

    async def _change(
        self, looking: ViewContext, id: ConversationId, form: Form, changes: ConversationChanges
    ) -> None:
        version = read_number(form, "version", LAST_SEQ)
        if version is None:
            msg = "version: it is missing."
            raise InvalidError(msg)
        actor = looking.agent.actor
        await asyncio.to_thread(self.parts.desk.change, id, version, changes, actor)

    async def _show(self, looking: ViewContext, status: int = 200, **more: object) -> web.Response:
        wanted = wanted_behind(looking.request)
        context = {**await look_again(looking, wanted), **more}
        if is_fragment(looking.request):
            return render(looking.request, "inbox/_thread.html", status, **context)
        return await show_page(looking, wanted, context, status)

    async def _refuse(self, looking: ViewContext, form: Form, error: DeskError) -> web.Response:
        words = _for_people(error)
        if is_fragment(looking.request):
            return render(looking.request, "inbox/_refusal.html", 422, refusal=words)
        return await self._show(looking, 422, kept=form, refusal=words)

    async def _tell(self, looking: ViewContext, form: Form, error: ConflictError) -> web.Response:
        notice = str(error)
        if isinstance(error, StaleVersionError):
            notice = await self._what_changed(looking)
        return await self._show(looking, 409, kept=form, notice=notice)

    async def _what_changed(self, looking: ViewContext) -> str:
        chosen = id_in(looking.request)
        deed = await asyncio.to_thread(self.parts.reading.last_change, chosen)
        team = await asyncio.to_thread(self.parts.team.list)
        sight = await looking.sight([])
        when = ago(deed.at, sight.now) if deed else ""
        return say_change(deed, sight, {each.email: each.name for each in team}, when)


def _for_people(error: DeskError) -> str:
    """Leave out the field's name where the words stand right under the field."""
    sentence = str(error).partition(": ")[2] or str(error)
    words = {"it is blank.": "Write something first.", "it is empty.": "Load the page again."}
    return words.get(sentence, sentence[:1].upper() + sentence[1:])
