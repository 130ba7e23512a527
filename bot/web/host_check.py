"""The check of the `Host` header: a foreign host would find its way into links."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.edge.refusals import tell_cause
from bot.storage.operations.sightings import SightingKind
from bot.web.sightings import Sightings
from config.origins import normalise_host

_OPEN_PATHS = frozenset({"/healthz", "/readyz", "/metrics"})
"""Probes come by address."""
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Hosts:
    """The names that this server goes by, with their ports."""

    public: str
    scheme: str
    names: frozenset[str]
    """All of them, also the public one."""

    def is_ours(self, host: str) -> bool:
        """Compare a `Host` header: case, a dot at the end and the usual port don't count."""
        return host in self.names or _normalise(host, self.scheme) in self.names


class HostCheck:
    """Answers 421 to what is meant for another server."""

    def __init__(self, hosts: Hosts, sightings: Sightings) -> None:
        self._hosts = hosts
        self._sightings = sightings
        self._was_found = False

    def middleware(self) -> Middleware:
        """Look at each request before it is handled."""

        @web.middleware
        def check_host(request: web.Request, handler: _Handler) -> Awaitable[web.StreamResponse]:
            if request.path not in _OPEN_PATHS:
                self._check(request)
            return handler(request)  # awaited further out: sockets stay, and each frame with them

        return check_host

    def _check(self, request: web.Request) -> None:
        host = request.host
        if self._hosts.is_ours(host):
            if not self._was_found:
                self._was_found = True
                self._sightings.take_back(SightingKind.MISDIRECTED)
            return
        asked = _normalise(host, self._hosts.scheme)
        tell_cause(request, "another host", asked_for=asked, public_host=self._hosts.public)
        if asked and not self._was_found:
            self._sightings.note(SightingKind.MISDIRECTED, {"host": asked})
        raise web.HTTPMisdirectedRequest(text="421: this server goes by another name")


def _normalise(host: str, scheme: str) -> str:
    try:
        return normalise_host(host, scheme)
    except ValueError:
        return ""
