"""Reads bodies of requests: all of one by one deadline, capped each, in number and in bytes."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus

from aiohttp import web

from bot.edge.refusals import tell_cause

MIB = 1024 * 1024
READ_WITHIN = timedelta(seconds=10)
_CROWDED_FROM = 100
_READ_WITHIN_IN_CROWD = timedelta(seconds=2)
_MOST_BYTES = 16 * MIB
_FREE = 64 * 1024
_MOST_CHUNKS = 10_000  # 400 bytes each, were there so many: smaller ones only waste our time
_RETRY_AFTER = {"Retry-After": "5"}
_UTF_8 = frozenset({"", "utf-8", "utf8", "us-ascii", "ascii"})


class UnreadableError(Exception):
    """The request can't be read: answer with this status and sentence, and change nothing."""

    def __init__(self, status: HTTPStatus, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code

    @property
    def headers(self) -> dict[str, str]:
        """Headers that the answer carries."""
        return dict(_RETRY_AFTER) if self.status is HTTPStatus.SERVICE_UNAVAILABLE else {}

    def as_response(self) -> web.Response:
        """Write it as plain text, and leave unread what is left of the body."""
        response = web.Response(status=self.status, text=str(self), headers=self.headers)
        response.force_close()
        return response


def unreadable(message: str) -> UnreadableError:
    """Refuse a body or an address whose content makes no sense."""
    return UnreadableError(HTTPStatus.BAD_REQUEST, "unreadable", message)


def unsupported(message: str) -> UnreadableError:
    """Refuse a body of another type or encoding than the address takes."""
    return UnreadableError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", message)


@dataclass(slots=True, eq=False)
class _Reading:
    """A body of which the rest has not come yet."""

    deadline: asyncio.Timeout
    size: int = 0
    is_cut: bool = False

    @property
    def held(self) -> int:
        return 0 if self.is_cut else max(0, self.size - _FREE)

    def cut(self) -> None:
        self.is_cut = True
        self.deadline.reschedule(asyncio.get_running_loop().time())


@dataclass(slots=True, eq=False)
class Bodies:
    """The request bodies that one process reads.

    Where many are unfinished, newcomers are given little time; where together they hold many bytes,
    the one that was begun first is given up. The first bytes of each count for nothing, so that
    large bodies never stand in the way of small ones.
    """

    crowded_from: int = _CROWDED_FROM
    read_within_in_crowd: timedelta = _READ_WITHIN_IN_CROWD
    most_bytes: int = _MOST_BYTES
    _unfinished: dict[object, _Reading] = field(default_factory=dict, init=False)

    @property
    def awaited(self) -> Collection[object]:
        """The connections whose bodies have not all come."""
        return self._unfinished.keys()

    @property
    def bytes_held(self) -> int:
        """The memory that large unfinished bodies hold."""
        return sum(reading.held for reading in self._unfinished.values())

    async def read(self, request: web.Request, most: int, within: timedelta) -> bytes:
        """Read a whole body, or raise UnreadableError."""
        if len(self._unfinished) >= self.crowded_from:
            within = min(within, self.read_within_in_crowd)
        reading = _Reading(asyncio.timeout(within.total_seconds()))
        self._unfinished[request.protocol] = reading
        try:
            async with reading.deadline:
                return await self._gather(request, most, reading)
        except TimeoutError:
            if not reading.is_cut:
                raise _too_slow() from None
            tell_cause(request, "unfinished bodies hold as much memory as they may")
            raise _too_busy() from None
        except (ConnectionError, web.RequestPayloadError):
            msg = "The body is cut off or malformed."
            raise unreadable(msg) from None
        finally:
            del self._unfinished[request.protocol]

    async def _gather(self, request: web.Request, most: int, reading: _Reading) -> bytes:
        body, chunks = bytearray(), 0
        async for piece, ends_chunk in request.content.iter_chunks():
            body += piece
            chunks += ends_chunk
            reading.size = len(body)
            if len(body) > most or chunks > _MOST_CHUNKS:
                raise _too_large(most)
            if reading.held:
                self._make_room()
        return bytes(body)

    def _make_room(self) -> None:
        for reading in self._unfinished.values():
            if self.bytes_held <= self.most_bytes:
                return
            if reading.held:
                reading.cut()


BODIES = web.AppKey("bodies", Bodies)
"""Where an application keeps the one reader of its process."""


async def read_body(request: web.Request, most: int, within: timedelta = READ_WITHIN) -> bytes:
    """Read a body of at most so many bytes, or raise UnreadableError."""
    check_declared(request, most)
    return await read_declared_body(request, most, within)


async def read_declared_body(
    request: web.Request, most: int, within: timedelta = READ_WITHIN
) -> bytes:
    """Read a body whose head was checked before, as `read_body` does."""
    content = request.content
    if request.content_length and content.is_eof() and not content.exception():
        return content.read_nowait()  # it came with the head, as it nearly always does
    if not request.can_read_body:
        return b""  # aiohttp's one reader for all empty bodies would hand out chunks without end
    bodies = request.config_dict.get(BODIES) or Bodies()
    return await bodies.read(request, most, within)


def check_declared(request: web.Request, most: int) -> None:
    """Refuse what the head alone tells is compressed or too large."""
    if "Content-Encoding" in request.headers:
        _check_encodings(request.headers.getall("Content-Encoding"))
    if (request.content_length or 0) > most:
        raise _too_large(most)


def _check_encodings(encodings: Sequence[str]) -> None:
    if any(encoding.strip().lower() != "identity" for encoding in encodings):
        msg = "Send the body as it is, not compressed."
        raise unsupported(msg)


def hang_up_unless_read(request: web.Request, response: web.StreamResponse) -> None:
    """Let no connection go on whose body was answered before all of it came."""
    if not request.content.is_eof():
        response.force_close()


async def read_json_bytes(request: web.Request, most: int) -> bytes:
    """Read a body that says it is JSON."""
    if type_of(request) != "application/json" or charset_of(request) not in _UTF_8:
        msg = "Send plain `application/json`."
        raise unsupported(msg)
    return await read_body(request, most)


def check_charset(request: web.Request) -> None:
    """Refuse every encoding of letters but UTF-8."""
    if charset_of(request) not in _UTF_8:
        msg = "Send the body in UTF-8."
        raise unsupported(msg)


def type_of(request: web.Request) -> str:
    """Name the body's type; the standard library's parser takes far too long over some."""
    return request.headers.get("Content-Type", "").partition(";")[0].strip().lower()


def charset_of(request: web.Request) -> str:
    """Name the encoding of the body's letters, if the head names one."""
    return parameter_of(request, "charset").lower()


def parameter_of(request: web.Request, wanted: str) -> str:
    """Read a parameter of the body's type; empty: there is none."""
    for part in request.headers.get("Content-Type", "").split(";")[1:]:
        name, _, value = part.partition("=")
        if name.strip().lower() == wanted:
            return value.strip().strip('"')
    return ""


def _too_large(most: int) -> UnreadableError:
    size = f"{most // MIB} MiB" if most >= MIB else f"{most // 1024} KiB"
    return UnreadableError(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", f"The body holds more than {size}."
    )


def _too_slow() -> UnreadableError:
    words = "The body did not arrive in time. Send it again."
    return UnreadableError(HTTPStatus.REQUEST_TIMEOUT, "timeout", words)


def _too_busy() -> UnreadableError:
    words = "Too much is being sent at once. Try again."
    return UnreadableError(HTTPStatus.SERVICE_UNAVAILABLE, "busy", words)
