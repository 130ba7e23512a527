"""Bodies that come late, in pieces, in crowds, or never to their end."""

import ast
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from bot.edge.bodies import BODIES, MIB, Bodies, UnreadableError, read_body
from tests.bot.web.serving import serving
from tests.bot.web.wires import Wire, Wires, until, wires_to


@dataclass
class Site:
    """An address that says how many bytes it was sent."""

    bodies: Bodies
    wires: Wires

    async def send(self, *parts: bytes, length: int | None = None) -> Wire:
        """Begin a body; it ends only if as many bytes come as its head says."""
        size = sum(map(len, parts)) if length is None else length
        wire = await self.wires.open(
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % size
        )
        for part in parts:
            wire.send(part)
            await wire.writer.drain()
        return wire


@asynccontextmanager
async def site(
    bodies: Bodies | None = None, within: float = 60, most: int = 4 * MIB
) -> AsyncIterator[Site]:
    async def take(request: web.Request) -> web.Response:
        try:
            body = await read_body(request, most, timedelta(seconds=within))
        except UnreadableError as error:
            return error.as_response()
        return web.Response(text=str(len(body)))

    app = web.Application()
    app[BODIES] = bodies or Bodies()
    app.add_routes([web.post("/", take)])
    async with serving(app) as server, wires_to(server.address) as wires:
        yield Site(app[BODIES], wires)


async def test_half_a_body_is_waited_for_no_longer_than_said() -> None:
    async with site(within=0.05) as here:
        wire = await here.send(b"x", length=2)
        assert (await wire.status()).startswith(b"HTTP/1.1 408 ")
        assert b"Connection: close" in await wire.rest()


async def test_the_deadline_is_for_all_of_a_body_and_not_for_each_piece() -> None:
    async with site(within=0.3) as here:
        wire = await here.send(length=10_000)
        dripping = asyncio.create_task(_drip(wire))
        assert (await wire.status()).startswith(b"HTTP/1.1 408 ")
        dripping.cancel()


async def _drip(wire: Wire) -> None:
    while True:
        wire.send(b"x")
        await asyncio.sleep(0.02)


async def test_in_a_crowd_of_unfinished_bodies_newcomers_are_given_little_time() -> None:
    bodies = Bodies(crowded_from=2, read_within_in_crowd=timedelta(milliseconds=50))
    async with site(bodies) as here:
        first = [await here.send(b"x", length=2) for _ in range(2)]
        await until(lambda: len(bodies.awaited) == 2)
        late = await here.send(b"x", length=2)
        assert (await late.status()).startswith(b"HTTP/1.1 408 ")
        whole = await here.send(b"abc")
        assert (await whole.status()).startswith(b"HTTP/1.1 200 ")
        assert len(bodies.awaited) == 2
        for wire in first:
            wire.send(b"y")
            assert (await wire.status()).startswith(b"HTTP/1.1 200 ")


async def test_of_too_many_bytes_in_flight_the_body_begun_first_is_given_up() -> None:
    bodies = Bodies(most_bytes=3 * MIB)
    async with site(bodies) as here:
        half = b"x" * MIB
        first = await here.send(half, length=4 * MIB)
        await until(lambda: bodies.bytes_held > 0)
        rest = [await here.send(half, half, length=4 * MIB) for _ in range(2)]
        assert (await first.status()).startswith(b"HTTP/1.1 503 ")
        assert b"Retry-After: " in await first.rest()
        assert MIB < bodies.bytes_held <= 3 * MIB
        for wire in rest:
            wire.cut()
        await until(lambda: not bodies.awaited)
        assert bodies.bytes_held == 0


async def test_small_bodies_count_for_nothing_among_large_ones() -> None:
    bodies = Bodies(most_bytes=MIB)
    async with site(bodies) as here:
        await here.send(b"x" * MIB, length=4 * MIB)
        await until(lambda: bodies.bytes_held > MIB // 2)
        for _ in range(50):
            small = await here.send(b"y" * 60_000)
            assert (await small.status()).startswith(b"HTTP/1.1 200 ")
        assert bodies.bytes_held > MIB // 2


@pytest.mark.parametrize(
    ("lines", "rest", "status"),
    [
        (["Content-Length: 4"], b"abcd", 200),
        (["Content-Length: 0"], b"", 200),
        ([], b"", 200),
        (["Transfer-Encoding: chunked"], b"2\r\nab\r\n0\r\n\r\n", 200),
        (["Transfer-Encoding: chunked"], b"6\r\nabcdef\r\n0\r\n\r\n", 413),
        (["Content-Length: 6"], b"", 413),
        (["Content-Length: 4", "Content-Encoding: gzip"], b"abcd", 415),
        (["Content-Length: 4", "Content-Encoding: identity"], b"abcd", 200),
    ],
)
async def test_what_becomes_of_a_body(lines: list[str], rest: bytes, status: int) -> None:
    async with site(most=5) as here:
        head = "\r\n".join(("POST / HTTP/1.1", "Host: x", *lines, "", ""))
        wire = await here.wires.open(head.encode() + rest)
        assert (await wire.status()).startswith(b"HTTP/1.1 %d " % status)


READS_BODIES = {"read", "post", "json", "text", "multipart", "content", "content_type", "charset"}


def test_only_the_two_readers_touch_the_body_of_a_request() -> None:
    found = {
        str(path)
        for folder in ("bot", "channels")
        for path in Path(folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in READS_BODIES and _is_request(node.value)
    }
    # files are read in pieces, within bounds and a deadline as well
    assert found == {"bot/edge/bodies.py", "bot/edge/file_bodies.py"}


def _is_request(node: ast.expr) -> bool:
    name = node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
    return name in {"request", "_request"}
