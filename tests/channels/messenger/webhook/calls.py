"""Calling the webhook, politely and not, and a stand-in for what is behind it."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import TypeAlias

from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from bot.core.arrivals import Arrival, Fault, Taken
from bot.ports.errors import UnavailableError
from channels.base import NobodyCounts
from channels.messenger.product import PATH, PRODUCT
from channels.meta.signature import sign
from channels.meta.webhook import MetaWebhook
from tests.channels.messenger.deliveries import recording
from tests.factories import NOON

SECRET, TOKEN = "an app's secret", "a verify token"
HELLO = recording("text")
Client: TypeAlias = TestClient[web.Request, web.Application]
Start: TypeAlias = Callable[[MetaWebhook], Coroutine[None, None, Client]]


@dataclass
class Bot:
    """Stands in for intake and metrics: keeps what it is told."""

    arrivals: list[Arrival] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    calls: int = 0
    available: bool = True
    statuses: list[int] = field(default_factory=list)
    ignored_kinds: Counter[str] = field(default_factory=Counter)

    async def receive(
        self, arrivals: Sequence[Arrival], faults: Sequence[Fault]
    ) -> Sequence[Taken | None]:
        if not self.available:
            raise UnavailableError
        self.calls += 1
        self.arrivals += arrivals
        self.faults += faults
        return [Taken() for _ in arrivals]

    def webhook(self, status: int, seconds: float) -> None:
        assert seconds > 0
        self.statuses.append(status)

    def ignored(self, kind: str, count: int) -> None:
        self.ignored_kinds[kind] += count


def silent_webhook() -> MetaWebhook:
    """Make one for a channel whose way in is not the matter."""
    return MetaWebhook(
        path=PATH,
        product=PRODUCT,
        signatories=(),
        verify_token=None,
        clock=lambda: NOON,
        observer=NobodyCounts(),
    )


async def post(client: Client, body: bytes, **headers: str) -> ClientResponse:
    signed = {"X-Hub-Signature-256": sign(SECRET, body), "Content-Type": "application/json"}
    return await client.post(PATH, data=BytesIO(body), headers={**signed, **headers})


async def refused(bot: Bot, response: ClientResponse, status: int) -> None:
    text = await response.text()
    assert response.status == status
    assert response.content_type == "text/plain"
    assert len(text) < 40
    assert bot.calls == 0


def head(*lines: str) -> bytes:
    """Begin a delivery that says it is signed."""
    signed = f"X-Hub-Signature-256: {sign('a guess', b'')}"
    return "\r\n".join((f"POST {PATH} HTTP/1.1", "Host: x", signed, *lines, "", "")).encode()


def chunked(chunks: Sequence[bytes]) -> bytes:
    return head("Transfer-Encoding: chunked") + b"".join(
        b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks
    )


async def connect(client: Client) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    assert isinstance(client.server, TestServer)
    return await asyncio.open_connection(client.server.host, client.server.port)


async def converse(client: Client, request: bytes, until: bytes) -> bytes:
    reader, writer = await connect(client)
    try:
        writer.write(request)
        return await asyncio.wait_for(reader.readuntil(until), 20)
    finally:
        writer.close()
