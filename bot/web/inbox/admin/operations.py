"""The operators' page: dead letters, delivery, and the capture funnel."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from aiohttp import web

from bot.desk.dead_letters import Outcome
from bot.desk.exposure import describe_sightings
from bot.desk.operations import Overall
from bot.desk.types import Actor
from bot.edge.forms import read_form
from bot.edge.numbers import read_path_number
from bot.storage.operations.dead_letters import LetterId
from bot.storage.outbox.rows import RECURRING, Work
from bot.web.inbox.admin.charts import HEIGHT, WIDTH, draw_hours, share
from bot.web.inbox.admin.health import describe_health
from bot.web.inbox.dependencies import Entry, InboxParts, Who, agent_of
from bot.web.inbox.pages import render
from bot.web.inbox.stops import show_stops
from config.concerns import Concern

TITLES = {
    Work.DELIVER: "Messages to visitors",
    Work.CAPTURE_PROMPT: "Questions for an email",
    Work.FETCH_PROFILE: "Profiles to look up",
    Work.DELETE_PERSON: "Requests to delete a person",
    Work.FOLLOW_UP: "Mails to visitors",
    Work.FETCH_FILES: "Files to copy",
    Work.LOOK_UP_DOMAIN: "Domains of addresses to look up",
    Work.ANNOUNCE: "Things to announce",
    Work.NOTICE: "Visitors who may still wait",
    Work.NOTIFY: "Notices to the team",
    Work.WEBHOOK: "Webhooks to programs",
    Work.LOOK: "Stopped accounts to look at",
}
"""By kind of work, the title of its queue."""
_LOOKS = "A worker looks now: what waited leaves if it works again."
_NOT_STOPPED = "It is not stopped, or looked at just now."
_NOBODY_LOOKS = "No worker can be told to look: one looks already, or none has run yet."


def operation_entries(parts: InboxParts) -> list[Entry]:
    """Show the page and settle letters; for admins alone."""
    pages = _Pages(parts)
    return [
        Entry("GET", "/operations", pages.show, Who.ADMIN),
        Entry("POST", "/operations/check", pages.check_again, Who.ADMIN),
        Entry("POST", "/operations/looks", pages.look_again, Who.ADMIN),
        Entry("POST", r"/operations/letters/{id:\d+}/retry", pages.retry, Who.ADMIN),
        Entry("POST", r"/operations/letters/{id:\d+}/discard", pages.discard, Who.ADMIN),
    ]


@dataclass(frozen=True, slots=True)
class _Pages:
    parts: InboxParts

    async def show(self, request: web.Request) -> web.Response:
        """Say how it stands."""
        return await self._show(request, None)

    async def check_again(self, request: web.Request) -> web.Response:
        """Let a worker check the installation now."""
        is_on = await asyncio.to_thread(self.parts.operations.check_again)
        words = "A worker looks now: open this page again in a moment." if is_on else _NOBODY_LOOKS
        return await self._show(request, None, words)

    async def look_again(self, request: web.Request) -> web.Response:
        """Let a worker look at one stopped account now."""
        form = await read_form(request)
        key = (form.get("channel", ""), form.get("account", ""))
        actor = agent_of(request).actor
        is_on = await asyncio.to_thread(self.parts.operations.look_again, key, actor)
        return await self._show(request, None, _LOOKS if is_on else _NOT_STOPPED)

    async def retry(self, request: web.Request) -> web.Response:
        """Try a letter again."""
        return await self._settle(request, self.parts.operations.retry)

    async def discard(self, request: web.Request) -> web.Response:
        """Give a letter up."""
        return await self._settle(request, self.parts.operations.discard)

    async def _settle(
        self, request: web.Request, act: Callable[[LetterId, Actor], Outcome]
    ) -> web.Response:
        number, actor = read_path_number(request), agent_of(request).actor
        outcome = await asyncio.to_thread(act, LetterId(number), actor)
        return await self._show(request, outcome)

    async def _show(
        self, request: web.Request, outcome: Outcome | None, said: str = ""
    ) -> web.Response:
        overall = await asyncio.to_thread(self.parts.operations.look)
        concerns = self._concerns(overall)
        return render(
            request,
            "inbox/operations.html",
            overall=overall,
            outcome=outcome,
            said=said,
            concerns=concerns,
            health=describe_health(overall.checkup, self.parts.clock(), concerns),
            bars=draw_hours(overall.funnel.hours),
            chart=(WIDTH, HEIGHT),
            share=share,
            channels=self.parts.channels,
            what=TITLES,
            work={
                key: count
                for key, count in overall.figures.outbox.items()
                if key[0] not in RECURRING
            },
            zone=self.parts.zone,
            stops=show_stops(overall.stops, self.parts.stop_writer, self.parts.zone),
        )

    def _concerns(self, overall: Overall) -> list[Concern]:
        host = urlsplit(self.parts.public_origin).netloc
        seen = describe_sightings(overall.sightings, host, self.parts.proxies)
        return [*self.parts.concerns, *seen]
