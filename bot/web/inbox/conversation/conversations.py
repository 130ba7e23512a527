"""The page itself: the list of conversations, and the one that is open beside it."""

import asyncio
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from aiohttp import web

from bot.core.model import ConversationId
from bot.desk.errors import InvalidError, NotFoundError
from bot.edge.forms import read_form
from bot.edge.numbers import LAST_SEQ, as_number, read_number
from bot.storage.conversations.messages import Span
from bot.web.inbox.conversation.details import look_at_details
from bot.web.inbox.conversation.list_filter import ListFilter, read_current, read_filter
from bot.web.inbox.conversation.slices import PAGE, Slice, read_named, read_slice
from bot.web.inbox.conversation.view_context import MOST_MESSAGES, Context, ViewContext
from bot.web.inbox.dependencies import PREFIX, Entry, Handler, InboxParts
from bot.web.inbox.pages import is_fragment, render
from bot.web.inbox.stops import look_at_stops

_BELOW = 20  # messages after the one at which a conversation is opened


def conversation_entries(parts: InboxParts) -> list[Entry]:
    """Show the page and its parts."""
    pages = _Pages(parts)
    return [
        Entry("GET", "", pages.show),
        Entry("GET", "/", pages.show),
        Entry("GET", "/list", pages.show_list),
        Entry("GET", "/rows", pages.show_rows),
        Entry("GET", r"/{id:\d+}", or_gone(parts, pages.show)),
        Entry("GET", r"/{id:\d+}/thread", or_gone(parts, pages.show_thread)),
        Entry("POST", r"/{id:\d+}/read", or_gone(parts, pages.mark_read)),
    ]


@dataclass(frozen=True, slots=True)
class _Pages:
    parts: InboxParts

    async def show(self, request: web.Request) -> web.Response:
        """Show the whole page, or to htmx the panes of a conversation that is being opened."""
        wanted = read_filter(request.query, id_in(request) if request.match_info else None)
        looking = ViewContext(self.parts, request)
        context = await self._open(looking, wanted)
        if is_fragment(request):
            whole = await _with_details(looking, wanted, context)
            return render(request, "inbox/_open.html", **whole)
        return await show_page(looking, wanted, context)

    async def show_list(self, request: web.Request) -> web.Response:
        """Show the list alone; its address becomes the page's where the view is another one."""
        current = read_current(request.headers.get("HX-Current-URL", ""))
        wanted = read_filter(request.query).beside(current.open, current.at)
        if not is_fragment(request):
            return _go(wanted.address)
        try:
            context = await ViewContext(self.parts, request).look_at_list(wanted, Slice())
        except InvalidError as error:
            return render(request, "inbox/_refused.html", 422, wanted=wanted, words=str(error))
        shown = render(request, "inbox/_list.html", **context)
        if current.address != wanted.address:
            is_typing = replace(current, text=wanted.text) == wanted
            shown.headers["HX-Replace-Url" if is_typing else "HX-Push-Url"] = wanted.address
        return shown

    async def show_rows(self, request: web.Request) -> web.Response:
        """Show rows of the list alone: those that a signal named, or some after a place."""
        wanted = read_filter(request.query)
        if not is_fragment(request):
            return _go(wanted.address)
        looking = ViewContext(self.parts, request)
        named = read_named(request.query)
        look = (
            looking.look_at_named(wanted, named)
            if named
            else looking.look_at_list(wanted, read_slice(request.query))
        )
        try:
            context = await look
        except InvalidError as error:
            raise web.HTTPUnprocessableEntity(text=str(error)) from None
        return render(request, "inbox/_part.html", **context)

    async def show_thread(self, request: web.Request) -> web.Response:
        """Show an open conversation again, as far up as it was shown before."""
        wanted = wanted_behind(request)
        if not is_fragment(request):
            return _go(wanted.address)
        context = await look_again(ViewContext(self.parts, request), wanted)
        return render(request, "inbox/_thread.html", **context)

    async def mark_read(self, request: web.Request) -> web.Response:
        """Keep how far somebody has read; 205 says that it was news."""
        seq = read_number(await read_form(request), "seq", LAST_SEQ)
        if seq is None:
            raise web.HTTPUnprocessableEntity
        reader = ViewContext(self.parts, request).reader
        mark = self.parts.overview.mark_read
        is_news = await asyncio.to_thread(mark, reader, id_in(request), seq)
        return web.Response(status=205 if is_news else 204)

    async def _open(self, looking: ViewContext, wanted: ListFilter) -> Context:
        if wanted.open is None:
            return {"wanted": wanted, "thread": None}
        before = read_number(looking.request.query, "before", LAST_SEQ)
        until = before or (wanted.at + _BELOW if wanted.at else None)
        context = await _look(looking, wanted, Span(PAGE, before_seq=until))
        if before is None:
            mark = self.parts.overview.mark_read
            await asyncio.to_thread(mark, looking.reader, wanted.open, context["last_shown"])
            for other in context["thread"].beside:
                last = other.messages[-1].message.seq if other.messages else 0
                await asyncio.to_thread(mark, looking.reader, other.conversation.id, last)
        return context


def or_gone(parts: InboxParts, handler: Handler) -> Handler:
    """Show that a conversation is not there any more, where a handler finds none."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except NotFoundError:
            nothing = ListFilter() if is_fragment(request) else read_filter(request.query)
            context: Context = {"wanted": nothing, "thread": None, "gone": True}
            if not is_fragment(request):
                return await show_page(ViewContext(parts, request), nothing, context, 404)
            shown = render(request, "inbox/_open.html", 404, **context)
            # wherever it was asked for, all that was shown of it goes
            shown.headers.update({"HX-Retarget": "#open", "HX-Reswap": "innerHTML"})
            return shown

    return handle


async def show_page(
    looking: ViewContext, wanted: ListFilter, context: Context, status: int = 200
) -> web.Response:
    """Show the whole page around what is open."""
    context = await _with_details(looking, wanted, context)
    after = looking.request.query.get("after")
    try:
        found = await looking.look_at_list(wanted, Slice(after=after))
    except InvalidError as error:
        blank = await looking.look_at_list(replace(wanted, text=""), Slice())
        found = {**blank, "wanted": wanted, "rows": [], "further": None, "refused": str(error)}
        status = 422
    shown = {"stops": await look_at_stops(looking)}
    return render(looking.request, "inbox/page.html", status, **{**shown, **found, **context})


async def _with_details(looking: ViewContext, wanted: ListFilter, context: Context) -> Context:
    if wanted.open is None or "pane" in context:
        return context
    return {**context, **await look_at_details(looking, wanted)}


async def look_again(looking: ViewContext, wanted: ListFilter) -> Context:
    """Read all that is shown of an open conversation, or its end."""
    first, after = (read_number(looking.request.query, name, LAST_SEQ) for name in ("from", "to"))
    if first is None:
        return await _look(looking, wanted, Span(PAGE))
    before = after + 1 if after else None
    return await _look(looking, wanted, Span(MOST_MESSAGES, before_seq=before, from_seq=first))


def wanted_behind(request: web.Request) -> ListFilter:
    """Find the view of the list that an act or a fragment belongs to."""
    came_from = request.headers.get("HX-Current-URL", request.headers.get("Referer", ""))
    current, named = read_current(came_from), id_in(request)
    return current if current.open == named else current.beside(named)


def id_in(request: web.Request) -> ConversationId:
    """Read whose address it is."""
    named = as_number(request.match_info.get("id", ""))
    if named is None:
        raise NotFoundError
    return ConversationId(named)


async def _look(looking: ViewContext, wanted: ListFilter, span: Span) -> Context:
    if wanted.open is None:
        raise NotFoundError
    return {**await looking.look_at_thread(wanted.open, span), "wanted": wanted}


def _go(where: str) -> web.Response:
    path = urlsplit(where).path
    if not path.startswith(PREFIX):
        raise web.HTTPNotFound
    return web.Response(status=303, headers={"Location": where})
