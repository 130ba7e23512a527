"""Notices a proxy before this server that TRUSTED_PROXIES does not name."""

import logging
from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.edge.client_ip import trace
from bot.storage.operations.sightings import SightingKind
from bot.web.sightings import Sightings
from config.networks import Network

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_log = logging.getLogger(__name__)


class ProxyWatch:
    """Says once in the log, and to the operators, that somebody's forwarded addresses are void."""

    def __init__(self, proxies: Sequence[Network], sightings: Sightings) -> None:
        self._proxies = proxies
        self._sightings = sightings
        self._was_said: set[SightingKind] = set()

    def middleware(self) -> Middleware:
        """Look at each request that says for whom it comes."""

        @web.middleware
        def look(request: web.Request, handler: _Handler) -> Awaitable[web.StreamResponse]:
            if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
                self._look(request)
            return handler(request)

        return look

    def _look(self, request: web.Request) -> None:
        route = trace(request, self._proxies)
        if not route.address or not route.claimed:
            return
        if route.is_from_within:
            self._say(SightingKind.UNTRUSTED_PROXY, str(route.address))
        elif not self._proxies:
            # perhaps a visitor's own address: it is not kept
            self._say(SightingKind.UNTRUSTED_STRANGER, "a public address")

    def _say(self, what: SightingKind, sender: str) -> None:
        self._sightings.note(what, {"sender": sender})
        if what not in self._was_said:
            self._was_said.add(what)
            _log.warning(
                "X-Forwarded-For counts for nothing: its sender is not in TRUSTED_PROXIES",
                extra={"sender": sender},
            )
