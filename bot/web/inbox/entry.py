"""Stands at every address of the inbox, and asks who it is, whether they may, and meant to."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

from aiohttp import web

from bot.desk.agent import Agent
from bot.desk.errors import NotFoundError
from bot.edge.bodies import UnreadableError
from bot.edge.refusals import tell_cause
from bot.ports.errors import UnavailableError
from bot.web.inbox.cookies import session_cookie
from bot.web.inbox.csrf import SAFE, check_origin, check_token, write_token
from bot.web.inbox.dependencies import AGENT, CSRF, PREFIX, SESSION, Entry, InboxParts, Who
from bot.web.inbox.pages import HEADERS, is_fragment

LOGIN = f"{PREFIX}/login"
HOME = PREFIX
_HERE = re.compile(r"/inbox(?:[/?][!-\[\]-~]*)?")
_LONGEST_NEXT = 1_000
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Doorkeeper:
    """Lets in who may call."""

    def __init__(self, parts: InboxParts) -> None:
        self.parts = parts
        self.cookie = session_cookie(parts.public_origin)

    def guard(self, entry: Entry) -> _Handler:
        """Put somebody before a handler who does what its entry says."""

        async def handle(request: web.Request) -> web.StreamResponse:
            try:
                if entry.method not in SAFE:
                    check_origin(request, self.parts.public_origin)
                if entry.who is not Who.ANYBODY:
                    await self._let_in(request, entry)
                return await entry.handler(request)
            except UnavailableError as error:
                tell_cause(request, error)
                words = "The database can't be reached. Try again."
                return _answer(503, words, {"Retry-After": "1"})
            except UnreadableError as error:
                return _refuse(error)
            except NotFoundError:
                return _answer(404, "There is no such thing here.")
            except web.HTTPForbidden:
                return _answer(403, "This is not for you to do.")

        return handle

    async def recognise(self, request: web.Request) -> Agent | None:
        """Say whose session it is, and note it."""
        session = self.cookie.read(request)
        if session is None:
            return None
        agent = await asyncio.to_thread(self.parts.team.find_session, session)
        if agent:
            request[AGENT], request[SESSION] = agent, session
            request[CSRF] = write_token(self.parts.secrets[0], session)
        return agent

    async def _let_in(self, request: web.Request, entry: Entry) -> None:
        agent = await self.recognise(request)
        if agent is None:
            raise _turn_away(request)
        if entry.method not in SAFE:
            await check_token(request, self.parts.secrets, request[SESSION])
        if entry.who is Who.ADMIN and not agent.is_admin:
            raise web.HTTPForbidden


def safe_next(wanted: str) -> str:
    """Say where to go on; never to another site, whatever a link says."""
    is_here = _HERE.fullmatch(wanted) and len(wanted) <= _LONGEST_NEXT and ".." not in wanted
    return wanted if is_here else HOME


def go(where: str) -> web.Response:
    """Send on by GET."""
    return web.Response(status=303, headers={**HEADERS, "Location": where})


def _turn_away(request: web.Request) -> web.HTTPException:
    if is_fragment(request):
        return web.HTTPUnauthorized(headers={**HEADERS, "HX-Redirect": LOGIN})
    accepted = request.headers.get("Accept", "")
    if request.method == "GET" and "Upgrade" not in request.headers and _is_page(accepted):
        there = safe_next(request.path_qs)
        where = LOGIN if there == HOME else f"{LOGIN}?{urlencode({'next': there})}"
        return web.HTTPSeeOther(where, headers=HEADERS)
    return web.HTTPUnauthorized(headers=HEADERS)


def _is_page(accepted: str) -> bool:
    return not accepted or "text/html" in accepted or "*/*" in accepted


def _refuse(error: UnreadableError) -> web.Response:
    response = error.as_response()
    response.headers.update(HEADERS)
    return response


def _answer(status: int, words: str, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(status=status, text=words, headers={**HEADERS, **(headers or {})})
