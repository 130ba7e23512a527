"""Why requests are refused with 503 or 421, and where ours fail: told in the log, sampled."""

import asyncio
import logging
import re
import traceback
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from time import monotonic
from types import TracebackType

from aiohttp import web

from bot.edge.threads import CURRENT_WORK
from bot.runtime.sampling import Sampler

_PHRASES = {
    HTTPStatus.SERVICE_UNAVAILABLE: "requests are refused with 503",
    HTTPStatus.MISDIRECTED_REQUEST: (
        "requests for another host are refused with 421: PUBLIC_URL names this server"
    ),
}
_LOOKED_UP = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT})
_UNTOLD = "not told"
_MOST_OPEN = 200
_FLUSHES_EVERY = 10.0  # seconds
_NUMBER = re.compile(r"\d+")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Cause:
    words: str = _UNTOLD
    details: Mapping[str, object] = field(default_factory=dict)


_CAUSE = web.RequestKey("cause", _Cause)
_UNKNOWN = _Cause()


@dataclass(frozen=True, slots=True)
class _Key:
    status: int
    kind: str
    cause: str
    """Without its numbers, which may be others each time."""


@dataclass(slots=True)
class _Refusal:
    began_at: float
    cause: str
    routes: set[str] = field(default_factory=set)
    times: int = 0
    is_told: bool = False


def tell_cause(request: web.BaseRequest, cause: object, **details: object) -> None:
    """Say why a request is about to be refused: an error, or words of ours or the database's."""
    request[_CAUSE] = _Cause(str(cause) or type(cause).__name__, details)


class Refusals:
    """Tells each cause, by kind of request, at once, then once a minute, and when it is over."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        """Have seen none yet."""
        self._clock = clock
        self._sampler = Sampler(clock=clock)
        self._places = Sampler(clock=clock)
        self._open: dict[_Key, _Refusal] = {}

    def look(self, request: web.BaseRequest, status: int) -> None:
        """Take note of an answer; this costs nothing while all is well."""
        if status in _PHRASES:
            self._note(request, status)
        elif self._open:
            self._end(request, status)

    def fault(self, error: Exception) -> None:
        """Tell of a fault of ours, each place of the code at once and then once a minute."""
        if count := self._places.count(_place(error)):
            _log.error("request failed", extra={"count": count}, exc_info=error)

    async def run(self, _app: object = None) -> AsyncIterator[None]:
        """Tell what was left out for as long as the generator is held."""
        flushing = asyncio.create_task(self._keep_flushing())
        yield
        flushing.cancel()
        await asyncio.wait({flushing})

    def flush(self) -> None:
        """Tell the numbers that have waited for a minute."""
        for key, count in self._sampler.take_due():
            if isinstance(key, _Key):
                self._tell(key, self._open.get(key), count)
        for place, count in self._places.take_due():
            _log.error("requests went on failing", extra={"place": str(place), "count": count})

    def _note(self, request: web.BaseRequest, status: int) -> None:
        cause = request.get(_CAUSE, _UNKNOWN)
        key = _Key(status, CURRENT_WORK.get().title, _NUMBER.sub("#", cause.words))
        refusal = self._open.get(key)
        if refusal is None:
            if len(self._open) >= _MOST_OPEN:
                del self._open[next(iter(self._open))]
            refusal = self._open[key] = _Refusal(self._clock(), cause.words)
        refusal.times += 1
        refusal.routes.add(_route(request))
        if count := self._sampler.count(key):
            self._tell(key, refusal, count, cause.details)

    def _tell(
        self,
        key: _Key,
        refusal: _Refusal | None,
        count: int,
        details: Mapping[str, object] | None = None,
    ) -> None:
        if refusal:
            refusal.is_told = True
        cause = refusal.cause if refusal else key.cause
        extra = {**(details or {}), "kind": key.kind, "cause": cause, "count": count}
        _log.warning(_PHRASES[HTTPStatus(key.status)], extra=extra)

    def _end(self, request: web.BaseRequest, status: int) -> None:
        kind, route = CURRENT_WORK.get().title, _route(request)
        for key, refusal in list(self._open.items()):
            if key.kind == kind and _is_over(key, refusal, route, status):
                del self._open[key]
                self._tell_end(key, refusal)

    def _tell_end(self, key: _Key, refusal: _Refusal) -> None:
        if not refusal.is_told:
            return
        extra = {
            "kind": key.kind,
            "cause": refusal.cause,
            "status": key.status,
            "times": refusal.times,
            "seconds": round(self._clock() - refusal.began_at, 1),
        }
        _log.warning("requests are no longer refused", extra=extra)

    async def _keep_flushing(self) -> None:
        while True:
            await asyncio.sleep(_FLUSHES_EVERY)
            self.flush()


REFUSALS = web.AppKey("refusals", Refusals)
"""Where an application keeps them."""


def log_fault(request: web.BaseRequest, error: Exception) -> None:
    """Tell of a fault of ours, sampled together with all others of the process."""
    config = getattr(request, "config_dict", {})
    (config.get(REFUSALS) or Refusals()).fault(error)


def _is_over(key: _Key, refusal: _Refusal, route: str, status: int) -> bool:
    """Say whether an answer shows it: one that needed what was missing, or came by our name."""
    if route not in refusal.routes:
        return False
    if key.status == HTTPStatus.MISDIRECTED_REQUEST:
        return True
    return status < HTTPStatus.BAD_REQUEST or status in _LOOKED_UP


def _route(request: web.BaseRequest) -> str:
    info = getattr(request, "match_info", None)
    resource = info.route.resource if info is not None else None
    return f"{request.method} {resource.canonical if resource else ''}"


def _place(error: BaseException) -> tuple[str, ...]:
    """Name where an error came from, and of which class it is."""
    frames = traceback.extract_tb(_innermost(error.__traceback__))
    places = tuple(f"{frame.filename}:{frame.lineno}" for frame in frames[-1:])
    return (type(error).__qualname__, *places)


def _innermost(found: TracebackType | None) -> TracebackType | None:
    while found and found.tb_next:
        found = found.tb_next
    return found
