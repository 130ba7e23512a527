"""Gathers what the list and an open conversation show to an agent."""

import asyncio
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.core.model import ConversationId
from bot.core.search_query import NO_QUERY
from bot.desk.agent import Agent
from bot.desk.overview import OverviewList, Reader
from bot.desk.reading import OpenThread
from bot.ports.signals import room_of
from bot.storage.conversations.conversations import ConversationView
from bot.storage.conversations.messages import Span
from bot.storage.conversations.overview import MOST_COUNTED, Counts, FoundCounts
from bot.web.inbox.conversation.chunks import cut
from bot.web.inbox.conversation.list_filter import ListFilter, View
from bot.web.inbox.conversation.rows import Sight
from bot.web.inbox.conversation.slices import Slice
from bot.web.inbox.conversation.timeline import tell
from bot.web.inbox.conversation.times import ago, clock_time, date_name, length, read_zone
from bot.web.inbox.conversation.visit import name_page
from bot.web.inbox.dependencies import InboxParts, agent_of
from config.channel_facts import site_of
from config.rules import MAIL

Context = dict[str, Any]  # Any: whatever the templates speak about
MOST_MESSAGES = 2_000
"""Twice what a page loads by going up: what is said meanwhile must have room below."""
_ZONE_COOKIE = "tz"
_SOON = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ViewContext:
    """Reads for one request."""

    parts: InboxParts
    request: web.Request

    @property
    def agent(self) -> Agent:
        """The agent who looks."""
        return agent_of(self.request)

    @property
    def reader(self) -> Reader:
        """The agent as the overview knows it."""
        return Reader(self.agent.id, self.agent.email)

    async def sight(self, views: Iterable[ConversationView]) -> Sight:
        """See these conversations as the agent does: its zone, and who is in the chat."""
        rooms = {room_of(view.place) for view in views}
        zone = self._zone()
        return Sight(
            self.agent,
            self.parts.clock(),
            zone,
            self.parts.waits_long,
            await self.parts.presence.find(rooms),
            self.parts.channels,
        )

    async def look_at_list(self, wanted: ListFilter, slice: Slice) -> Context:
        """Read the list."""
        found, counts = await asyncio.to_thread(self._list, wanted, slice)
        return await self._describe(wanted, found, counts, slice.known)

    async def look_at_named(self, wanted: ListFilter, named: Collection[ConversationId]) -> Context:
        """Read those of some conversations that the list shows."""
        found, counts = await asyncio.to_thread(self._pick, wanted, named)
        context = await self._describe(wanted, found, counts, {})
        return {**context, "is_cut": False}

    async def look_at_thread(self, id: ConversationId, span: Span) -> Context:
        """Read a conversation."""
        thread, team = await asyncio.to_thread(self._open, id, span)
        view = thread.conversation
        sight = await self.sight([view, *(other.conversation for other in thread.beside)])
        names = {each.email: each.name for each in team}
        story, person = tell(thread, sight, names), sight.person(view)
        return {
            "thread": thread,
            "view": view,
            "person": person,
            "sub": _describe_place(thread, sight),
            "chunks": cut(story, person, self.request.query.get("known", "")),
            "first_seq": thread.messages[0].message.seq if thread.messages else 1,
            "last_shown": thread.messages[-1].message.seq if thread.messages else 0,
            "team": team,
            "assignee_name": names.get(view.assignee or "", view.assignee),
            "channel": self.parts.channels.of(view.place.channel),
            "window": self._window(thread),
            "stopped": self._say_stop(thread, sight),
            "is_by_mail": view.place.channel == MAIL,
            "client_id": secrets.token_hex(8),
            "notice": "",
            "kept": {},
            "refusal": "",
        }

    async def _describe(
        self,
        wanted: ListFilter,
        found: OverviewList,
        counts: Counts,
        known: Mapping[ConversationId, str],
    ) -> Context:
        sight = await self.sight(row.conversation for row in found.rows)
        match = found.match
        query = match.query if match else NO_QUERY
        rows = [sight.row(row, wanted.order, query) for row in found.rows]
        until = match.unsearchable if match else None
        return {
            "wanted": wanted,
            "further": found.next_cursor,
            "is_cut": match is not None and match.is_cut,
            "unsearchable": date_name(until, sight.zone) if until else "",
            "tallies": _tallies(found.found) if found.found else [],
            "views": [
                (View.MINE, "Mine", _capped(counts.mine)),
                (View.UNASSIGNED, "Unassigned", _capped(counts.unassigned)),
                (View.ALL, "All", _capped(counts.everybodys)),
            ],
            "rows": rows,
            "same": {row.id for row in rows if known.get(row.id) == row.version},
            "zone": sight.zone.key,
        }

    def _pick(
        self, wanted: ListFilter, named: Collection[ConversationId]
    ) -> tuple[OverviewList, Counts]:
        overview, reader = self.parts.overview, self.reader
        found = overview.pick(reader, wanted.conditions(self.agent.email), named)
        return found, self._count(wanted, found)

    def _list(self, wanted: ListFilter, slice: Slice) -> tuple[OverviewList, Counts]:
        overview, reader = self.parts.overview, self.reader
        conditions = wanted.conditions(self.agent.email)
        found = overview.list(reader, conditions, wanted.order, slice.after, slice.rows)
        return found, self._count(wanted, found)

    def _count(self, wanted: ListFilter, found: OverviewList) -> Counts:
        if found.found:
            return found.found.views
        return self.parts.overview.count(self.reader, wanted.shown_status)

    def _open(self, id: ConversationId, span: Span) -> tuple[OpenThread, list[Agent]]:
        return self.parts.reading.open(id, span), self.parts.team.list()

    def _say_stop(self, thread: OpenThread, sight: Sight) -> str:
        """Say in the composer that nothing leaves at the moment; empty: it does."""
        if thread.stop is None:
            return ""
        since = clock_time(thread.stop.began_at, sight.zone)
        title = self.parts.stop_writer.title(thread.stop)
        return f"{title} since {since}. {thread.stop.reason} What you write waits until it works."

    def _window(self, thread: OpenThread) -> str:
        """Say how long one may still answer, where that is not long."""
        if thread.conversation.place.channel == MAIL:
            return "Goes out by mail"
        until, now = thread.window_until, self.parts.clock()
        if thread.obstacle or until is None or until - now > _SOON:
            return ""
        channel = self.parts.channels.of(thread.conversation.place.channel)
        return f"{channel.at_the_start} takes answers for {length(until - now)} more"

    def _zone(self) -> ZoneInfo:
        return read_zone(self.request.cookies.get(_ZONE_COOKIE, ""), self.parts.zone)


def _tallies(found: FoundCounts) -> list[tuple[str, str, str]]:
    """Say how much of what was found is open, and how much is closed."""
    return [
        ("", "Open and closed", _capped(found.open + found.closed)),
        ("open", "Open", _capped(found.open)),
        ("closed", "Closed", _capped(found.closed)),
    ]


def _capped(count: int) -> str:
    return f"{MOST_COUNTED - 1}+" if count >= MOST_COUNTED else str(count)


def _describe_place(thread: OpenThread, sight: Sight) -> str:
    """Say where somebody writes from, and whether one is there now."""
    view = thread.conversation
    if view.place.channel == MAIL:
        return "By mail"
    title = sight.channels.of(view.place.channel).title
    where = name_page(thread.visit) or site_of(view.place.account) or title
    if sight.person(view).is_here:
        return f"Online · on {where}"
    seen_at = view.visitor_seen_at
    return f"Last here {ago(seen_at, sight.now)} · on {where}" if seen_at else f"On {where}"
