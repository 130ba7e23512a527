"""Gives files away so that nothing in them can act, whole or in part."""

import asyncio
from collections.abc import Iterator
from http import HTTPStatus
from urllib.parse import quote

from aiohttp import web

from bot.core.files import FileKind, KeptFile
from bot.edge.file_kinds import OTHER, SHOWN
from bot.edge.threads import WorkKind, working_at
from bot.ports.files import ReadableFile

HEADERS = {
    # asked again each time: what was readable may not be any more
    "Cache-Control": "private, no-cache",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_PLAYED = frozenset({FileKind.AUDIO, FileKind.VIDEO})


async def give_file(request: web.Request, readable: ReadableFile) -> web.StreamResponse:
    """Answer with a file, or the part of it that is asked for."""
    file = readable.file
    headers = {**HEADERS, "ETag": f'"{file.id}"', "Accept-Ranges": "bytes"}
    if f'"{file.id}"' in request.headers.get("If-None-Match", ""):
        return web.Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    headers["Content-Disposition"] = _disposition(file)
    part = _part(request, file.size)
    if part is None:
        headers["Content-Range"] = f"bytes */{file.size}"
        return web.Response(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers=headers)
    start, end = part
    is_whole = (start, end) == (0, file.size) and "Range" not in request.headers
    if not is_whole:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{file.size}"
    status = HTTPStatus.OK if is_whole else HTTPStatus.PARTIAL_CONTENT
    response = web.StreamResponse(status=status, headers=headers)
    response.content_type, response.content_length = _type(file), end - start
    return await _send(request, response, readable.read(start, end - start))


def _disposition(file: KeptFile) -> str:
    """Have everything but new pictures kept rather than shown."""
    way = "inline" if file.content_type in SHOWN else "attachment"
    plain = file.name.encode("ascii", "replace").decode().replace("?", "_")
    plain = plain.replace("\\", "_").replace('"', "_")
    return f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name, safe='')}"


def _type(file: KeptFile) -> str:
    is_known = file.content_type in SHOWN or file.kind in _PLAYED
    return file.content_type if is_known else OTHER


def _part(request: web.Request, size: int) -> tuple[int, int] | None:
    """Say which bytes are asked for; None: there are none of those."""
    try:
        wanted = request.http_range
    except ValueError:
        return 0, size
    start, end, _ = wanted.indices(size)
    return (start, end) if start < end or not size else None


async def _send(
    request: web.Request, response: web.StreamResponse, pieces: Iterator[bytes]
) -> web.StreamResponse:
    first = await _next(pieces)  # before the head: a store that is away is still a 503
    await response.prepare(request)
    piece = first
    while piece:
        await response.write(piece)
        piece = await _next(pieces)
    await response.write_eof()
    return response


async def _next(pieces: Iterator[bytes]) -> bytes:
    with working_at(WorkKind.FILES):
        return await asyncio.to_thread(next, pieces, b"")
