"""Meta's webhook: shake hands, and take in what Meta delivers."""

import asyncio
import hmac
import logging
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from time import perf_counter

from aiohttp import web

from bot.ports import UnavailableError
from channels.base import Observer, Receive
from channels.messenger.payloads import Parsed, parse
from channels.messenger.signature import verify

PATH = "/webhooks/messenger"

_MOST_BYTES = 4 * 1024 * 1024
_MOST_CHUNKS = 10_000  # 400 bytes each, were there so many: smaller ones only waste our time
_READ_ASIDE_FROM = 64 * 1024
_RETRY_AFTER = {"Retry-After": "5"}
_CHALLENGE = re.compile(r"[0-9A-Za-z_-]{1,128}")
_BETWEEN_WARNINGS = timedelta(seconds=10)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Signatory:
    """An app of Meta's: what it signs with, and for which pages it speaks.

    Several secrets are good while one replaces the other.
    """

    secrets: Sequence[str] = field(repr=False)
    pages: Collection[str]
    app_id: str | None


@dataclass
class _Refusals:
    """Warns of bad signatures, but not a thousand times a second; the metrics count each."""

    unsaid: int = 0
    said_at: datetime | None = None

    def note(self, now: datetime) -> None:
        self.unsaid += 1
        # `abs` because a clock may be set back.
        if self.said_at is None or abs(now - self.said_at) >= _BETWEEN_WARNINGS:
            _log.warning("refused deliveries with a bad signature", extra={"count": self.unsaid})
            self.unsaid, self.said_at = 0, now


@dataclass(frozen=True, kw_only=True)
class MessengerWebhook:
    """The way in from Meta."""

    signatories: Sequence[Signatory]
    verify_token: str | None = field(repr=False)
    clock: Callable[[], datetime]
    observer: Observer
    read_within: timedelta = timedelta(seconds=10)
    _refusals: _Refusals = field(default_factory=_Refusals, init=False)

    def routes(self, receive: Receive) -> list[web.RouteDef]:
        """Give the addresses that Meta calls."""
        return [
            web.get(PATH, self._shake_hands, allow_head=False),
            web.post(PATH, partial(self._take, receive)),
        ]

    async def _shake_hands(self, request: web.Request) -> web.Response:
        given = [
            request.query.getall(f"hub.{name}", [])
            for name in ("mode", "verify_token", "challenge")
        ]
        if any(len(values) != 1 for values in given):
            return _answer(HTTPStatus.BAD_REQUEST)
        [[mode], [token], [challenge]] = given
        if mode != "subscribe" or not self._is_our_token(token):
            return _answer(HTTPStatus.FORBIDDEN)
        if not _CHALLENGE.fullmatch(challenge):
            return _answer(HTTPStatus.BAD_REQUEST)
        return web.Response(text=challenge, headers={"X-Content-Type-Options": "nosniff"})

    def _is_our_token(self, token: str) -> bool:
        ours = self.verify_token or ""
        same = hmac.compare_digest(ours.encode(), token.encode(errors="surrogatepass"))
        return same and ours != ""

    async def _take(self, receive: Receive, request: web.Request) -> web.Response:
        started = perf_counter()
        response = await self._take_in(receive, request)
        self.observer.webhook(response.status, perf_counter() - started)
        return response

    async def _take_in(self, receive: Receive, request: web.Request) -> web.Response:
        body = _at_hand(request) or await _read(request, self.read_within)
        if isinstance(body, HTTPStatus):
            refusal = _answer(body)
            refusal.force_close()
            return refusal
        signatory = self._who_signed(body, request.headers.getall("X-Hub-Signature-256", []))
        if signatory is None:
            self._refusals.note(self.clock())
            return _answer(HTTPStatus.FORBIDDEN)
        if len(body) < _READ_ASIDE_FROM:
            parsed = self._understand(body, signatory)
        else:
            parsed = await asyncio.to_thread(self._understand, body, signatory)
        try:
            if parsed.arrivals or parsed.faults:
                await receive(parsed.arrivals, parsed.faults)
        except UnavailableError:
            return _answer(HTTPStatus.SERVICE_UNAVAILABLE, _RETRY_AFTER)
        for kind, count in parsed.ignored.items():
            self.observer.ignored(kind, count)
        return web.Response(text="EVENT_RECEIVED")

    def _who_signed(self, body: bytes, signatures: Sequence[str]) -> Signatory | None:
        # All are tried, so that the time taken says nothing about which it was.
        signed = [app for app in self.signatories if verify(app.secrets, body, signatures)]
        return signed[0] if signed else None

    def _understand(self, body: bytes, signatory: Signatory) -> Parsed:
        return parse(body, pages=signatory.pages, app_id=signatory.app_id, received_at=self.clock())


def _at_hand(request: web.Request) -> bytes | None:
    """Give the body if all of it came with the head, as it nearly always does."""
    length = request.content_length
    if not length or length > _MOST_BYTES or "Content-Encoding" in request.headers:
        return None
    content = request.content
    return content.read_nowait() if content.is_eof() and not content.exception() else None


async def _read(request: web.Request, within: timedelta) -> bytes | HTTPStatus:
    encodings = request.headers.getall("Content-Encoding", [])
    if any(encoding.strip().lower() != "identity" for encoding in encodings):
        return HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    length = request.content_length or 0
    if length > _MOST_BYTES:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    if not request.can_read_body:
        return b""  # aiohttp's one reader for all empty bodies would hand out chunks without end
    try:
        async with asyncio.timeout(within.total_seconds()):
            return await _gather(request)
    except TimeoutError:
        return HTTPStatus.REQUEST_TIMEOUT
    except (ConnectionError, web.RequestPayloadError):
        return HTTPStatus.BAD_REQUEST


async def _gather(request: web.Request) -> bytes | HTTPStatus:
    body, chunks = bytearray(), 0
    async for piece, ends_chunk in request.content.iter_chunks():
        body += piece
        chunks += ends_chunk
        if len(body) > _MOST_BYTES or chunks > _MOST_CHUNKS:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return bytes(body)


def _answer(status: HTTPStatus, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.Response(status=status, text=status.phrase, headers=headers)
