"""Browsers in which agents have signed in before: strangers' guesses don't count against them."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.edge.signing import Signer
from bot.web.inbox.cookies import browser_cookie

_PURPOSE = "known browser"
_MOST = 5  # agents in one browser


@dataclass(frozen=True, slots=True)
class KnownBrowser:
    """A browser, and the agents that it knows, the latest first, by hashes of their emails."""

    id: str
    agents: tuple[str, ...] = ()


class KnownBrowsers:
    """Reads and writes the cookie; it opens nothing, and says nothing about a session."""

    def __init__(self, public_origin: str, keys: Sequence[str]) -> None:
        self._cookie = browser_cookie(public_origin)
        self._signer = Signer(keys)

    def find(self, request: web.Request, agent: str) -> str | None:
        """Name the browser if this agent has signed in there before."""
        browser = self._read(request)
        return browser.id if browser and agent in browser.agents else None

    def remember(self, request: web.Request, response: web.StreamResponse, agent: str) -> None:
        """Let a browser be known as one in which this agent has signed in."""
        known = self._read(request) or KnownBrowser(secrets.token_urlsafe(16))
        others = [each for each in known.agents if each != agent]
        fields = {"id": known.id, "agents": [agent, *others][:_MOST]}
        self._cookie.write(response, self._signer.sign(_PURPOSE, fields))

    def _read(self, request: web.Request) -> KnownBrowser | None:
        match self._signer.read(_PURPOSE, self._cookie.read(request) or ""):
            case {"id": str(id), "agents": [*agents]}:
                return KnownBrowser(id, tuple(map(str, agents)))
            case _:
                return None
