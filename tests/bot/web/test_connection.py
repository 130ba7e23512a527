"""Requests that never come to their end, and such as are none."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from aiohttp import web

from bot.edge.bodies import BODIES, Bodies, read_body
from bot.web.connection import HEAD_WITHIN
from bot.web.connection_limit import ConnectionLimit
from tests.bot.web.serving import Served, serving
from tests.bot.web.wires import Wires, until, wires_to

GREETING = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


@dataclass
class VisitorKey:
    """A server with its doorman."""

    served: Served
    bodies: Bodies
    wires: Wires


@asynccontextmanager
async def place(most: int = 100) -> AsyncIterator[VisitorKey]:
    async def greet(request: web.Request) -> web.Response:
        await read_body(request, 1_000, timedelta(seconds=60))
        return web.Response(text="hello")

    app = web.Application()
    bodies = app[BODIES] = Bodies()
    app.add_routes([web.route("*", "/", greet)])
    doorman = ConnectionLimit(most, lambda: bodies.awaited)
    async with serving(app, doorman) as served, wires_to(served.address) as wires:
        yield VisitorKey(served, bodies, wires)


@pytest.mark.parametrize("before", [b"", GREETING])
async def test_half_a_head_is_waited_for_no_longer_than_said(before: bytes) -> None:
    async with place() as here:
        wire = await here.wires.open(before)
        if before:
            await wire.until(b"hello")
        wire.send(b"GET / HTTP/1.1\r\nHost:")
        await until(lambda: any(each.head_begun_at for each in here.served.connections))
        [connection] = here.served.connections
        begun_at = connection.head_begun_at or 0
        connection.hang_up_if_late(begun_at + HEAD_WITHIN.total_seconds() - 1)
        assert here.served.connections
        wire.send(b" x\r\nAnd-more:")
        await (await here.wires.open(GREETING)).until(b"hello")  # which came later
        connection.hang_up_if_late(begun_at + HEAD_WITHIN.total_seconds())
        answer = await wire.rest()
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert b"did not arrive in time" in answer


async def test_a_head_that_is_whole_and_a_line_that_is_idle_are_not_late() -> None:
    async with place() as here:
        wire = await here.wires.open(GREETING[:10])
        await until(lambda: any(each.head_begun_at for each in here.served.connections))
        [connection] = here.served.connections
        wire.send(GREETING[10:])
        await wire.until(b"hello")
        assert connection.head_begun_at is None
        connection.hang_up_if_late(asyncio.get_running_loop().time() + 1_000)
        wire.send(GREETING)
        await wire.until(b"hello")


async def test_of_too_many_connections_those_with_unfinished_bodies_go_when_none_is_idle() -> None:
    async with place(most=8) as here:
        half = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"
        waiting = [await here.wires.open(half) for _ in range(6)]
        await until(lambda: len(here.bodies.awaited) == 6)
        idle = [await here.wires.open() for _ in range(6)]
        for _ in range(6):
            await here.wires.open(half)
        for wire in (*idle, *waiting[:2]):
            assert await wire.rest() == b""
        greeted = await here.wires.open(GREETING)
        assert (await greeted.status()).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "junk",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /canary\0 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\ncanary canary\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"canary" * 2_000 + b"\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: canary\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    ],
)
async def test_what_is_no_request_is_answered_in_words_and_told_in_one_line(
    junk: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with place() as here:
        for _ in range(5):
            answer = await (await here.wires.open(junk)).rest()
            assert b" 400 " in answer.partition(b"\r\n")[0]
            assert b"no request that can be read" in answer
            assert b"canary" not in answer
            assert b"aiohttp" not in answer
    [record] = [each for each in caplog.records if each.levelno >= logging.INFO]
    assert record.getMessage() == "refused malformed requests"
    assert not record.exc_info
