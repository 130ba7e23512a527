"""Connections that come in a flood are let in by the handful: who is inside goes on meanwhile."""

import asyncio
import socket
from itertools import pairwise

from bot.processes.listening import NEWCOMERS, accept

_MANY = 10 * NEWCOMERS


async def test_a_flood_of_connections_is_let_in_a_few_at_a_time() -> None:
    inside = 0

    def let_in() -> asyncio.Protocol:
        nonlocal inside
        inside += 1
        return asyncio.Protocol()

    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0)
    [server] = await accept(let_in, [listener])
    clients = [socket.create_connection(listener.getsockname()) for _ in range(_MANY)]
    counts = [inside]
    async with asyncio.timeout(10):
        while inside < _MANY:
            await asyncio.sleep(0)
            counts.append(inside)
    assert max(b - a for a, b in pairwise(counts)) == NEWCOMERS
    server.close()
    for each in clients:
        each.close()
