"""The team page, for admins: who there is, who comes, who goes."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from aiohttp import web

from bot.desk.agent import AgentId
from bot.desk.agents import Newcomer
from bot.desk.errors import ConflictError, DeskError, InvalidError, NotFoundError
from bot.edge.forms import read_form
from bot.edge.numbers import read_path_number
from bot.web.inbox.conversation.times import ago
from bot.web.inbox.dependencies import PREFIX, Entry, InboxParts, Who, agent_of
from bot.web.inbox.entry import go
from bot.web.inbox.pages import read_said, render

_HOME = f"{PREFIX}/team"
_SAID = {
    "added": "Added. Tell them their password; they can choose another one in their settings.",
    "changed": "Changed.",
}
_Change = Callable[[AgentId, str], None]


def team_entries(parts: InboxParts) -> list[Entry]:
    """Serve the page and what it does."""
    pages, staff = _TeamPages(parts), parts.staff
    changes: dict[str, _Change] = {
        "disable": staff.disable,
        "enable": staff.enable,
        "admin": partial(staff.set_admin, is_admin=True),
        "no-admin": partial(staff.set_admin, is_admin=False),
    }
    return [
        Entry("GET", "/team", pages.show, Who.ADMIN),
        Entry("POST", "/team", pages.add, Who.ADMIN),
        *(
            Entry("POST", rf"/team/{{id:\d+}}/{name}", pages.changer(change), Who.ADMIN)
            for name, change in changes.items()
        ),
    ]


@dataclass(frozen=True, slots=True)
class _TeamPages:
    parts: InboxParts

    async def show(self, request: web.Request) -> web.Response:
        return await self._page(request, said=read_said(request, _SAID))

    async def add(self, request: web.Request) -> web.Response:
        form, by = await read_form(request), agent_of(request).email
        email, name = form.get("email", ""), form.get("name", "")
        password, is_admin = form.get("password", ""), "admin" in form
        newcomer = Newcomer(email, password, name, is_admin=is_admin)
        try:
            await asyncio.to_thread(self.parts.staff.add, newcomer, by)
        except InvalidError as error:
            return await self._page(request, 422, refusal=str(error), kept=(email, name))
        except ConflictError as error:
            return await self._page(request, 409, refusal=str(error), kept=(email, name))
        return go(f"{_HOME}?said=added")

    def changer(self, change: _Change) -> Callable[[web.Request], Awaitable[web.Response]]:
        """Do something to one of the team and show how it is then."""

        async def handle(request: web.Request) -> web.Response:
            chosen, by = AgentId(read_path_number(request)), agent_of(request).email
            try:
                await asyncio.to_thread(change, chosen, by)
            except NotFoundError:
                raise web.HTTPNotFound from None
            except DeskError as error:
                return await self._page(request, 409, obstacle=str(error))
            return go(f"{_HOME}?said=changed")

        return handle

    async def _page(self, request: web.Request, status: int = 200, **shown: object) -> web.Response:
        now = self.parts.clock()
        members = [
            (member, ago(member.seen_at, now) if member.seen_at else "")
            for member in await asyncio.to_thread(self.parts.staff.roster)
        ]
        context = {"said": "", "refusal": "", "obstacle": "", "kept": ("", ""), **shown}
        return render(request, "inbox/team.html", status, members=members, **context)
