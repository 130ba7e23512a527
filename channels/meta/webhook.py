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

from bot.edge.bodies import (
    READ_WITHIN,
    UnreadableError,
    check_declared,
    hang_up_unless_read,
    read_declared_body,
)
from bot.edge.refusals import tell_cause
from bot.edge.sampled_log import SampledLog
from bot.ports.errors import UnavailableError
from channels.base import Observer, Receive
from channels.meta.payloads import Parsed, parse
from channels.meta.readers import Product, Served
from channels.meta.siblings import Siblings
from channels.meta.signature import may_be_signature, verify

TAKEN = "EVENT_RECEIVED"
"""What Meta is answered once all is stored."""
_MOST_BYTES = 4 * 1024 * 1024
_READ_ASIDE_FROM = 64 * 1024
_WARN_EVERY = timedelta(seconds=10)
_RETRY_AFTER = {"Retry-After": "5"}
_CHALLENGE = re.compile(r"[0-9A-Za-z_-]{1,128}")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Signatory:
    """An app of Meta's: what it signs with, and for which pages it speaks.

    Several secrets are good while one replaces the other.
    """

    secrets: Sequence[str] = field(repr=False)
    pages: Collection[str]
    app_id: str | None
    automatic_texts: Collection[str] = ()
    """Its pages' own automatic replies, normalised."""


@dataclass(frozen=True, kw_only=True)
class MetaWebhook:
    """The way in from Meta, for one of its products."""

    path: str
    product: Product
    signatories: Sequence[Signatory]
    verify_token: str | None = field(repr=False)
    clock: Callable[[], datetime]
    observer: Observer
    siblings: Siblings = field(default_factory=Siblings)
    read_within: timedelta = READ_WITHIN
    _refusals: SampledLog = field(init=False)

    def __post_init__(self) -> None:
        """Warn of bad signatures by the same clock; the metrics count each."""
        phrase, clock = "refused deliveries with a bad signature", self.clock
        log = SampledLog(_log, phrase, every=_WARN_EVERY, clock=lambda: clock().timestamp())
        object.__setattr__(self, "_refusals", log)

    def routes(self, receive: Receive) -> list[web.RouteDef]:
        """Give the addresses that Meta calls."""
        self.siblings.add(self.product.subject, partial(self._take_delivery, receive))
        return [
            web.get(self.path, self._shake_hands, allow_head=False),
            web.post(self.path, partial(self._take, receive)),
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
        hang_up_unless_read(request, response)
        self.observer.webhook(response.status, perf_counter() - started)
        return response

    async def _take_in(self, receive: Receive, request: web.Request) -> web.Response:
        signatures = request.headers.getall("X-Hub-Signature-256", [])
        try:
            check_declared(request, _MOST_BYTES)
            if not may_be_signature(signatures):
                return self._refuse()  # its body is not worth waiting for
            body = await read_declared_body(request, _MOST_BYTES, self.read_within)
        except UnreadableError as error:
            return _answer(error.status, error.headers)
        try:
            return await self._take_delivery(receive, body, signatures)
        except UnavailableError as error:
            tell_cause(request, error)
            return _answer(HTTPStatus.SERVICE_UNAVAILABLE, _RETRY_AFTER)

    async def _take_delivery(
        self, receive: Receive, body: bytes, signatures: Sequence[str]
    ) -> web.Response:
        parsed = await self._read(body, signatures)
        if parsed is None:
            return self._refuse()
        if parsed.foreign and (take := self.siblings.find(parsed.foreign)):
            return await take(body, signatures)
        if parsed.arrivals or parsed.faults:
            await receive(parsed.arrivals, parsed.faults)
        for kind, count in parsed.ignored.items():
            self.observer.ignored(kind, count)
        return web.Response(text=TAKEN)

    def _refuse(self) -> web.Response:
        self._refusals.say()
        return _answer(HTTPStatus.FORBIDDEN)

    async def _read(self, body: bytes, signatures: Sequence[str]) -> Parsed | None:
        """Understand a delivery; None: it is not signed by any of the apps."""
        if len(body) < _READ_ASIDE_FROM:
            return self._understand(body, signatures)
        return await asyncio.to_thread(self._understand, body, signatures)

    def _who_signed(self, body: bytes, signatures: Sequence[str]) -> Signatory | None:
        # All are tried, so that the time taken says nothing about which it was.
        signed = [app for app in self.signatories if verify(app.secrets, body, signatures)]
        return signed[0] if signed else None

    def _understand(self, body: bytes, signatures: Sequence[str]) -> Parsed | None:
        signatory = self._who_signed(body, signatures)
        if signatory is None:
            return None
        ours = (self.product, signatory.pages, signatory.app_id, self.clock())
        return parse(body, Served(*ours, signatory.automatic_texts))


def _answer(status: HTTPStatus, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.Response(status=status, text=status.phrase, headers=headers)
