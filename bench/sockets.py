"""Browsers' ends of many sockets; lean, so that the server is what is measured."""

import asyncio
import json
from collections.abc import Callable, Sequence
from typing import cast

_CLOSE, _PING, _PONG, _TEXT = 8, 9, 10, 1
_SMALL, _MEDIUM = 126, 65_536
_MASK = bytes(4)  # of zeros: it changes nothing
_AT_ONCE = 50
_PATIENCE = 120.0  # seconds


class Line(asyncio.Protocol):
    """One socket: says hello and hands over every text that comes."""

    def __init__(self, head: bytes, hello: bytes, heard: Callable[[str], None]) -> None:
        self._head = head
        self._hello = hello
        self._heard = heard
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self.is_upgraded = False
        self.is_greeted = asyncio.get_running_loop().create_future()
        self.is_lost = False
        self.is_awaited = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        self._transport = cast("asyncio.Transport", transport)  # TCP gives nothing else
        self._transport.write(self._head)

    def connection_lost(self, exc: Exception | None) -> None:
        """Remember that nothing comes any more."""
        self.is_lost = True
        if self.is_awaited and not self.is_greeted.done():
            self.is_greeted.set_exception(exc or ConnectionError(self._buffer[:200]))

    def data_received(self, data: bytes) -> None:
        """Take what is complete."""
        self._buffer += data
        if not self.is_upgraded:
            head, end, rest = self._buffer.partition(b"\r\n\r\n")
            if not end or not head.startswith(b"HTTP/1.1 101"):
                return
            self.is_upgraded, self._buffer = True, rest
            self._send(_TEXT, self._hello)
        while (frame := self._next()) is not None:
            self._take(*frame)

    def say(self, text: str) -> None:
        """Send a short text."""
        self._send(_TEXT, text.encode())

    def hang_up(self) -> None:
        """Leave without a word."""
        if self._transport:
            self._transport.abort()

    def _take(self, kind: int, content: bytes) -> None:
        if kind == _PING:
            self._send(_PONG, content)
        elif kind == _CLOSE:
            self.hang_up()
        elif kind == _TEXT:
            text = content.decode()
            self._heard(text)
            if '"type": "status"' in text and not self.is_greeted.done():
                self.is_greeted.set_result(None)

    def _next(self) -> tuple[int, bytes] | None:
        buffer = self._buffer
        if len(buffer) < 2:  # noqa: PLR2004 - the shortest frame
            return None
        length, start = buffer[1], 2
        if length == _SMALL:
            length, start = int.from_bytes(buffer[2:4], "big"), 4
        elif length > _SMALL:
            length, start = int.from_bytes(buffer[2:10], "big"), 10
        if len(buffer) < start + length:
            return None
        self._buffer = buffer[start + length :]
        return buffer[0] & 15, buffer[start : start + length]

    def _send(self, kind: int, content: bytes) -> None:
        length = len(content)
        size = (
            bytes([0x80 | length])
            if length < _SMALL
            else bytes([0x80 | _SMALL]) + length.to_bytes(2, "big")
        )
        if self._transport:
            self._transport.write(bytes([0x80 | kind]) + size + _MASK + content)


async def open_line(port: int, origin: str, ticket: str, address: str) -> Line:
    """Open one socket for which nobody waits; it asks for everything from the beginning."""
    hello = json.dumps({"type": "hello", "ticket": ticket, "after_seq": 0}).encode()
    line = Line(_head(origin, address), hello, lambda _text: None)
    line.is_awaited = False
    await asyncio.get_running_loop().create_connection(lambda: line, "127.0.0.1", port)
    return line


async def connect_all(
    port: int, origin: str, tickets: Sequence[str], heard: Callable[[str], None]
) -> list[Line]:
    """Open a socket for each ticket, from made-up addresses, and see all greeted."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def connect(number: int) -> Line:
        head = _head(origin, f"10.{number // 25_600}.{number // 100 % 256}.{number % 100 + 1}")
        hello = {"type": "hello", "ticket": tickets[number], "after_seq": 0}
        async with gate:
            line = Line(head, json.dumps(hello).encode(), heard)
            await asyncio.get_running_loop().create_connection(lambda: line, "127.0.0.1", port)
            await line.is_greeted
        return line

    async with asyncio.timeout(_PATIENCE):
        return list(await asyncio.gather(*map(connect, range(len(tickets)))))


def _head(origin: str, address: str) -> bytes:
    return (
        f"GET /chat/socket HTTP/1.1\r\nHost: {origin.partition('//')[2]}\r\nOrigin: {origin}\r\n"
        f"X-Forwarded-For: {address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode()
