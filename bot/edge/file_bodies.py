"""Receives one file of a form, within bounds, into a file of ours that has no name.

Memory holds a piece of it at a time. What is sent slowly holds a place among few, and no more.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from tempfile import TemporaryFile
from typing import BinaryIO

from aiohttp import BodyPartReader, MultipartReader, web

from bot.core.files import FileRefusal, FileRefusedError, GivenFile
from bot.edge.bodies import UnreadableError, type_of, unreadable, unsupported

_AT_ONCE = 64 * 1024
_WITHIN = timedelta(minutes=2)
_MOST = 24
_MOST_OF_ONE = 12
_FORM = "multipart/form-data"
_ONE_FIELD = "A form has one field, `file`."
_WRAPPING = 16 * 1024
"""What a form may add to its file."""


@dataclass(slots=True)
class FileBodies:
    """The uploads that one process receives: few at once, and fewer of one address."""

    most_bytes: int
    most: int = _MOST
    most_of_one: int = _MOST_OF_ONE
    within: timedelta = _WITHIN
    _callers: Counter[str] = field(default_factory=Counter, init=False)

    @asynccontextmanager
    async def receive(self, request: web.Request, caller: str) -> AsyncIterator[GivenFile]:
        """Receive the file of a form; raises UnreadableError or FileRefusedError."""
        self._check(request, caller)
        self._callers[caller] += 1
        try:
            with TemporaryFile() as body:
                yield await self._read(request, body)
        finally:
            self._callers -= Counter([caller])

    def _check(self, request: web.Request, caller: str) -> None:
        if type_of(request) != _FORM:
            message = "Send a form with one file (multipart/form-data)."
            raise unsupported(message)
        if (request.content_length or 0) > self.most_bytes + _WRAPPING:
            raise FileRefusedError(FileRefusal.TOO_LARGE)
        if self._callers.total() >= self.most or self._callers[caller] >= self.most_of_one:
            message = "Too many files are being sent. Try again."
            raise UnreadableError(HTTPStatus.SERVICE_UNAVAILABLE, "too_busy", message)

    async def _read(self, request: web.Request, body: BinaryIO) -> GivenFile:
        try:
            async with asyncio.timeout(self.within.total_seconds()):
                form = await request.multipart()
                part = await _find_file(form)
                size = await self._copy(part, body)
                await _check_end(form)
        except TimeoutError:
            message = "The file came too slowly."
            raise UnreadableError(HTTPStatus.REQUEST_TIMEOUT, "too_slow", message) from None
        except (ConnectionError, web.RequestPayloadError, ValueError, RuntimeError):
            message = "The form is cut off or malformed."
            raise unreadable(message) from None
        return GivenFile(body, size, part.filename or "", part.headers.get("Content-Type", ""))

    async def _copy(self, part: BodyPartReader, body: BinaryIO) -> int:
        size = 0
        while piece := await part.read_chunk(_AT_ONCE):
            size += len(piece)
            if size > self.most_bytes:
                raise FileRefusedError(FileRefusal.TOO_LARGE)
            body.write(piece)  # to the page cache, or a few KB of memory
        return size


async def _find_file(form: MultipartReader) -> BodyPartReader:
    part = await form.next()
    if isinstance(part, BodyPartReader) and part.name == "file":
        return part
    raise unreadable(_ONE_FIELD)


async def _check_end(form: MultipartReader) -> None:
    """Raise ValueError where the form ends before its closing line."""
    if await form.next() is not None:
        raise unreadable(_ONE_FIELD)
