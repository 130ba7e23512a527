"""A client's connection with deadlines for the head and the body of a request."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus

from aiohttp import web

from bot.edge.sampled_log import SampledLog

SERVER = "Whosthere"
"""What answers say of the server: no versions."""
HEAD_WITHIN = timedelta(seconds=10)
_KEPT_IDLE = 75  # seconds: aiohttp lets idle connections stay for an hour
_LINGERS = 2.0  # seconds for what is left of a body that was answered before its end
_LATE = (
    b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\n"
    b"The request did not arrive in time.\n"
)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Makes the connections of a server; `look` is called once each is there."""

    server: web.Server
    look: Callable[[], None]
    malformed: SampledLog = field(
        default_factory=lambda: SampledLog(_log, "refused malformed requests")
    )

    def __call__(self) -> "Connection":
        """Make one for a client that has just come."""
        return Connection(self)


class Connection(web.RequestHandler):
    """Knows since when a head has been coming that is not whole yet."""

    __slots__ = ("_acceptance", "head_begun_at")

    def __init__(self, acceptance: Acceptance) -> None:
        """Take no request yet."""
        self.head_begun_at: float | None = None
        self._acceptance = acceptance
        super().__init__(
            acceptance.server,
            loop=asyncio.get_running_loop(),
            access_log=None,  # type: ignore[arg-type] # none is written
            auto_decompress=False,  # who sends something compressed is refused, not unpacked
            keepalive_timeout=_KEPT_IDLE,
            lingering_time=_LINGERS,
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, and let the doorman look whether there are too many."""
        super().connection_made(transport)
        self._acceptance.look()

    def data_received(self, data: bytes) -> None:
        """Note when the first bytes of a head come, and when the last."""
        super().data_received(data)
        waiter = self._waiter
        if waiter is None or waiter.done():
            self.head_begun_at = None
        elif self.head_begun_at is None:
            self.head_begun_at = self._loop.time()

    def hang_up_if_late(self, now: float) -> None:
        """End a connection whose head takes too long."""
        begun_at = self.head_begun_at
        if begun_at is None or now - begun_at < HEAD_WITHIN.total_seconds():
            return
        if self.transport:
            self.transport.write(_LATE)
        self.force_close()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what is malformed in words, none of which are the client's own."""
        if status != HTTPStatus.BAD_REQUEST:
            return super().handle_error(request, status, exc, message)
        self._acceptance.malformed.say()
        response = web.Response(status=status, text="This is no request that can be read.")
        response.headers["Server"] = SERVER
        response.force_close()
        return response
