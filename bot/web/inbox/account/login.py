"""Signing in and out."""

import asyncio

from aiohttp import web

from bot.desk.agent import AgentId
from bot.desk.one_time_tokens import SIGN_IN as LINK
from bot.desk.sessions import SessionToken
from bot.edge.client_ip import likely_caller, untrusted_sender
from bot.edge.forms import read_form
from bot.edge.limits import TooOftenError
from bot.edge.threads import WorkKind, working_at
from bot.web.inbox.account.known_browsers import KnownBrowsers
from bot.web.inbox.account.login_limit import Guess, LoginLimit, name_agent
from bot.web.inbox.dependencies import SESSION, Entry, InboxParts, Who, agent_of
from bot.web.inbox.entry import LOGIN, Doorkeeper, go, safe_next
from bot.web.inbox.pages import render

_WRONG = "Email or password is wrong."
_SPENT = "This link has been used, or is too old. Start ./run again for a new one."


def login_entries(parts: InboxParts) -> list[Entry]:
    """Serve the page before all others, its form, and the way out."""
    login = _Login(parts)
    return [
        Entry("GET", "/login", login.show, Who.ANYBODY),
        Entry("POST", "/login", login.sign_in, Who.ANYBODY),
        Entry("POST", "/logout", login.sign_out),
    ]


class _Login:
    def __init__(self, parts: InboxParts) -> None:
        self._parts = parts
        self._doorkeeper = Doorkeeper(parts)
        self._turn = asyncio.Semaphore(1)
        self._own_turn = asyncio.Semaphore(1)
        """For known browsers, which wait for no more than one of the strangers' guesses."""
        self._limit = LoginLimit(parts.guesses, parts.pause)
        self._browsers = KnownBrowsers(parts.public_origin, parts.secrets)

    async def show(self, request: web.Request) -> web.Response:
        if "token" in request.query:
            return await self._follow_link(request)
        there = safe_next(request.query.get("next", ""))
        if await self._doorkeeper.recognise(request):
            return go(there)
        return _page(request, there)

    async def sign_in(self, request: web.Request) -> web.Response:
        form = await read_form(request)
        email, password, there = (form.get(name, "") for name in ("email", "password", "next"))
        there = safe_next(there)
        guess = self._guess(request, email)
        try:
            await self._limit.spend(guess)
        except TooOftenError as error:
            return _busy(request, there, error)
        turn = self._own_turn if guess.browser else self._turn
        async with turn:
            with working_at(WorkKind.SIGN_IN):
                session = await asyncio.to_thread(self._parts.team.sign_in, email, password)
        if session is None:
            await self._limit.fail(guess)
            return _page(request, there, 401, error=_WRONG, email=email)
        await self._limit.forgive(guess)
        return await self._welcome(request, session, there, guess.agent)

    def _guess(self, request: web.Request, email: str) -> Guess:
        agent, proxies = name_agent(email), self._parts.proxies
        return Guess(
            agent,
            likely_caller(request, proxies),
            self._browsers.find(request, agent),
            untrusted_sender(request, proxies),
        )

    async def _follow_link(self, request: web.Request) -> web.Response:
        passes, team = self._parts.passes, self._parts.team
        subject = await asyncio.to_thread(passes.take, LINK, request.query["token"])
        if subject:
            session = await asyncio.to_thread(team.sign_in_as, AgentId(int(subject)))
            if agent := await asyncio.to_thread(team.find_session, session):
                known = name_agent(agent.email)
                return await self._welcome(request, session, safe_next(""), known)
        if await self._doorkeeper.recognise(request):
            return go(safe_next(""))
        return _page(request, safe_next(""), 401, error=_SPENT)

    async def _welcome(
        self, request: web.Request, session: SessionToken, there: str, agent: str
    ) -> web.Response:
        before = self._doorkeeper.cookie.read(request)
        if before:
            await asyncio.to_thread(self._parts.team.sign_out, before)
        response = go(there)
        self._doorkeeper.cookie.write(response, session)
        self._browsers.remember(request, response, agent)
        return response

    async def sign_out(self, request: web.Request) -> web.Response:
        await asyncio.to_thread(self._parts.team.sign_out, request[SESSION])
        response = go(LOGIN)
        self._doorkeeper.cookie.forget(response)
        self._browsers.remember(request, response, name_agent(agent_of(request).email))
        return response


def _page(
    request: web.Request, there: str, status: int = 200, error: str = "", email: str = ""
) -> web.Response:
    return render(request, "inbox/login.html", status, next=there, error=error, email=email[:254])


def _busy(request: web.Request, there: str, error: TooOftenError) -> web.Response:
    minutes = -(-error.seconds // 60)
    words = f"Too many attempts. Try again in {minutes} minute{'s' if minutes > 1 else ''}."
    response = _page(request, there, 429, error=words)
    response.headers["Retry-After"] = str(error.seconds)
    return response
