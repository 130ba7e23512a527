"""Stops as agents see them: above the list as long as they stand, in thread and composer."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.notifications.stops import StopWriter
from bot.storage.outbox.stops import Stop
from bot.web.inbox.conversation.times import clock_time
from bot.web.inbox.conversation.view_context import ViewContext
from bot.web.inbox.dependencies import Entry, InboxParts
from bot.web.inbox.pages import render


@dataclass(frozen=True, slots=True)
class ShownStop:
    """A stop in words."""

    channel: str
    account: str
    title: str
    name: str
    since: str
    words: str
    next_look: str
    closes: bool


def show_stops(stops: Sequence[Stop], writer: StopWriter, zone: ZoneInfo) -> list[ShownStop]:
    """Write stops down, the longest first."""
    return [
        ShownStop(
            stop.channel,
            stop.account,
            writer.title(stop),
            writer.name_of(stop),
            clock_time(stop.began_at, zone),
            writer.say(stop),
            clock_time(stop.look_at, zone) if stop.look_at else "",
            stop.closes,
        )
        for stop in stops
    ]


async def look_at_stops(looking: ViewContext) -> list[ShownStop]:
    """Read the stops that stand, as the agent sees them."""
    stops = await asyncio.to_thread(looking.parts.operations.stops)
    zone = (await looking.sight([])).zone
    return show_stops(stops, looking.parts.stop_writer, zone)


def stop_entries(parts: InboxParts) -> list[Entry]:
    """Show the stops that stand, again and again."""

    async def show(request: web.Request) -> web.Response:
        stops = await look_at_stops(ViewContext(parts, request))
        return render(request, "inbox/_stops.html", stops=stops)

    return [Entry("GET", "/stops", show)]
