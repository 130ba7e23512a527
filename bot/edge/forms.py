"""Reads forms of pages and programs from a body that was read within its bounds."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl

from aiohttp import web
from multidict import MultiDict, MultiDictProxy

from bot.edge.bodies import (
    check_charset,
    parameter_of,
    read_body,
    type_of,
    unreadable,
    unsupported,
)

MOST_IN_FORM = 256 * 1024
_MOST_FIELDS = 200
_URLENCODED = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"
FORM_TYPES = frozenset({_URLENCODED, _MULTIPART})
_NAME = re.compile(rb'(?i)^content-disposition:[^\r\n]*?;[ \t]*name="([^"\r\n]*)"', re.MULTILINE)
Fields = MultiDictProxy[str]
_READ = web.RequestKey("form", Fields)


async def read_fields(request: web.Request) -> Fields:
    """Read all fields of a form, or raise UnreadableError; an empty body has none."""
    if _READ not in request:
        request[_READ] = MultiDictProxy(MultiDict(await _parse(request)))
    return request[_READ]


async def read_form(request: web.Request) -> dict[str, str]:
    """Read a form; of several fields with one name the last counts."""
    return dict((await read_fields(request)).items())


async def _parse(request: web.Request) -> list[tuple[str, str]]:
    kind = type_of(request)
    if kind not in FORM_TYPES and request.can_read_body:
        msg = "Send the fields as a form."
        raise unsupported(msg)
    check_charset(request)
    body = await read_body(request, MOST_IN_FORM)
    try:
        fields = list(_parts(request, body)) if kind == _MULTIPART else _pairs(body)
    except ValueError:  # letters in no known encoding as well
        msg = "The form can't be read."
        raise unreadable(msg) from None
    if len(fields) > _MOST_FIELDS:
        msg = "The form holds too many fields."
        raise unreadable(msg)
    return fields


def _pairs(body: bytes) -> list[tuple[str, str]]:
    return parse_qsl(
        body.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS
    )


def _parts(request: web.Request, body: bytes) -> Iterator[tuple[str, str]]:
    """Read the parts of a multipart form; files count as texts."""
    boundary = parameter_of(request, "boundary").encode()
    if not body:
        return
    before, *parts, after = (b"\r\n" + body).split(b"\r\n--" + boundary)
    if not boundary or before or not after.startswith(b"--"):
        raise ValueError
    for part in parts:
        head, blank, value = part.partition(b"\r\n\r\n")
        name = _NAME.search(head)
        if not blank or not name:
            raise ValueError
        yield name[1].decode(), value.decode()
