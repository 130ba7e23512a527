"""Lines to a server over which a test sends what bytes it likes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

SOON = 10.0  # seconds


@dataclass
class Wire:
    """One line."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def status(self) -> bytes:
        """Wait for the first line of an answer."""
        return await asyncio.wait_for(self.reader.readline(), SOON)

    async def until(self, words: bytes) -> bytes:
        return await asyncio.wait_for(self.reader.readuntil(words), SOON)

    async def rest(self) -> bytes:
        """Wait until the server hangs up."""
        return await asyncio.wait_for(self.reader.read(), SOON)

    def cut(self) -> None:
        self.writer.close()


@dataclass
class Wires:
    """All lines of a test to one server."""

    host: str
    port: int
    opened: list[Wire] = field(default_factory=list)

    async def open(self, data: bytes = b"") -> Wire:
        wire = Wire(*await asyncio.open_connection(self.host, self.port))
        self.opened.append(wire)
        wire.send(data)
        return wire

    async def close(self) -> None:
        for wire in self.opened:
            wire.cut()
            with suppress(ConnectionError):
                await wire.writer.wait_closed()


@asynccontextmanager
async def wires_to(address: tuple[str, int]) -> AsyncIterator[Wires]:
    """Open lines as needed, and close all in the end."""
    wires = Wires(*address)
    try:
        yield wires
    finally:
        await wires.close()


async def until(is_so: Callable[[], object]) -> None:
    """Wait until it is so."""
    async with asyncio.timeout(SOON):
        while not is_so():  # noqa: ASYNC110 - bytes are on their way
            await asyncio.sleep(0.01)
