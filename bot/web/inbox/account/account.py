"""The agent's account: name, password, keys, sounds, availability."""

import asyncio
from dataclasses import dataclass

from aiohttp import web

from bot.desk.agent import Preferences
from bot.desk.errors import InvalidError
from bot.desk.sessions import SessionToken
from bot.edge.forms import read_form
from bot.edge.limits import TooOftenError
from bot.web.inbox.account.login_limit import SIGN_IN
from bot.web.inbox.dependencies import PREFIX, SESSION, Entry, InboxParts, agent_of
from bot.web.inbox.entry import LOGIN, go, safe_next
from bot.web.inbox.pages import is_fragment, read_said, render

_HOME = f"{PREFIX}/settings"
_SAID = {
    "kept": "Saved.",
    "password": "The new password is in force. Other sessions have ended.",
}


def account_entries(parts: InboxParts) -> list[Entry]:
    """Serve the settings page and what it does."""
    pages = _Account(parts)
    return [
        Entry("GET", "/settings", pages.show),
        Entry("POST", "/settings", pages.keep),
        Entry("POST", "/settings/password", pages.change_password),
        Entry("POST", "/settings/sign-out-everywhere", pages.sign_out_everywhere),
        Entry("POST", "/availability", pages.set_available),
    ]


@dataclass(frozen=True, slots=True)
class _Account:
    parts: InboxParts

    async def show(self, request: web.Request) -> web.Response:
        return _page(request, said=read_said(request, _SAID))

    async def keep(self, request: web.Request) -> web.Response:
        form, agent, staff = await read_form(request), agent_of(request), self.parts.staff
        chosen = Preferences(**{name: name in form for name in Preferences.__slots__})
        try:
            await asyncio.to_thread(staff.rename, agent.id, form.get("name", ""))
        except InvalidError as error:
            return _page(request, 422, wrong_name=str(error))
        await asyncio.to_thread(staff.prefer, agent.id, chosen)
        return go(f"{_HOME}?said=kept")

    async def change_password(self, request: web.Request) -> web.Response:
        form, agent = await read_form(request), agent_of(request)
        old, new = form.get("old", ""), form.get("new", "")
        keep, guesses = SessionToken(request[SESSION]), self.parts.guesses
        try:
            # who sits down at somebody's open page must not guess on
            await guesses.spend(SIGN_IN, f"agent {agent.id}", f"agent {agent.id}")
            await asyncio.to_thread(self.parts.staff.change_own_password, agent, old, new, keep)
        except InvalidError as error:
            return _page(request, 422, wrong_password=str(error))
        except TooOftenError as error:
            words = "Too many attempts. Try again later."
            response = _page(request, 429, wrong_password=words)
            response.headers["Retry-After"] = str(error.seconds)
            return response
        return go(f"{_HOME}?said=password")

    async def sign_out_everywhere(self, request: web.Request) -> web.Response:
        await asyncio.to_thread(self.parts.team.sign_out_everywhere, agent_of(request).id)
        return go(LOGIN)

    async def set_available(self, request: web.Request) -> web.Response:
        form = await read_form(request)
        match form.get("available"):
            case "true" | "false" as choice:
                available = choice == "true"
            case _:
                raise web.HTTPUnprocessableEntity
        team, agent = self.parts.team, agent_of(request)
        await asyncio.to_thread(lambda: team.set_available(agent.id, available=available))
        if is_fragment(request):
            return web.Response(status=204, headers={"HX-Trigger": "inbox:me"})
        return go(safe_next(form.get("next", "")))


def _page(request: web.Request, status: int = 200, **shown: str) -> web.Response:
    context = {"said": "", "wrong_name": "", "wrong_password": "", **shown}
    return render(request, "inbox/settings.html", status, **context)
