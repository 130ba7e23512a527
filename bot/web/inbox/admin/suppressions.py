"""The page of addresses that get no mails, for admins: why, since when, and an end to it."""

import asyncio
from dataclasses import dataclass

from aiohttp import web

from bot.desk.errors import NotFoundError
from bot.desk.suppressions import MOST, describe_signal
from bot.storage.mails.suppressions import Silence
from bot.web.inbox.dependencies import PREFIX, Entry, InboxParts, Who, agent_of
from bot.web.inbox.entry import go
from bot.web.inbox.pages import read_said, render

_HOME = f"{PREFIX}/suppressions"
_SAID = {"lifted": "Mails go to this address again.", "gone": "It was lifted already."}
_WHY = {
    Silence.UNSUBSCRIBED: "Unsubscribed",
    Silence.BOUNCED: "Mails come back",
    Silence.COMPLAINED: "Complained",
}


def suppression_entries(parts: InboxParts) -> list[Entry]:
    """Show the list and lift single addresses."""
    pages = _Pages(parts)
    return [
        Entry("GET", "/suppressions", pages.show, Who.ADMIN),
        Entry("POST", "/suppressions/{id}/lift", pages.lift, Who.ADMIN),
    ]


@dataclass(frozen=True, slots=True)
class _Pages:
    parts: InboxParts

    async def show(self, request: web.Request) -> web.Response:
        """List the addresses."""
        found = await asyncio.to_thread(self.parts.suppressions.list)
        return render(
            request,
            "inbox/suppressions.html",
            suppressed=[(one, _WHY[one.why], describe_signal(one)) for one in found],
            is_cut=len(found) == MOST,
            zone=self.parts.zone,
            said=read_said(request, _SAID),
        )

    async def lift(self, request: web.Request) -> web.Response:
        """Let mails go to an address again."""
        lift, chosen = self.parts.suppressions.lift, request.match_info["id"]
        if not chosen.isprintable():  # PostgreSQL takes no NUL
            raise web.HTTPNotFound
        try:
            await asyncio.to_thread(lift, chosen, agent_of(request).actor)
        except NotFoundError:
            return go(f"{_HOME}?said=gone")
        return go(f"{_HOME}?said=lifted")
