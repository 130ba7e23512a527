"""The sockets that a web process listens on, and the log's first lines."""

import asyncio
import errno
import logging
import socket
from collections.abc import Callable, Sequence

from config.concerns import find_concerns
from config.settings import Settings

NEWCOMERS = 4
"""In one turn of the event loop."""
_WAITING = 1_024
_log = logging.getLogger(__name__)


async def listen(settings: Settings, *, share_port: bool) -> list[socket.socket]:
    """Listen on all that HOST means; connections wait until they are served. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(
        settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    sockets: list[socket.socket] = []
    refusal = None
    for family, address in dict.fromkeys((family, address) for family, _, _, _, address in found):
        try:
            sockets.append(socket.create_server(address, family=family, reuse_port=share_port))
        except OSError as error:
            if error.errno != errno.EADDRNOTAVAIL:  # localhost may be ::1 too, without IPv6
                raise
            refusal = error
    if refusal and not sockets:
        raise refusal
    return sockets


async def accept(
    make: Callable[[], asyncio.BaseProtocol], sockets: Sequence[socket.socket]
) -> list[asyncio.Server]:
    """Take connections, few in each turn of the event loop.

    A page takes a score of turns: were all newcomers let in at once, a flood of them would make
    each turn long, and so every page late.
    """
    create = asyncio.get_running_loop().create_server
    serving = [await create(make, sock=each, backlog=NEWCOMERS) for each in sockets]
    for each in sockets:
        each.listen(_WAITING)  # asyncio takes as many in a turn as it lets wait
    return serving


def say_where(settings: Settings, sockets: Sequence[socket.socket]) -> None:
    """Begin the log with where this process listens, then say what the operator should know."""
    port = sockets[0].getsockname()[1]
    where = {"host": settings.host, "port": port, "public_url": settings.public_origin}
    _log.info("listening", extra=where)
    if settings.demo_hint:
        _log.info(settings.demo_hint)
    for concern in find_concerns(settings):
        extra = {"subject": concern.subject, "advice": concern.advice}
        _log.warning(concern.words, extra=extra)
