"""Reads what a caller gives: exactly the fields of a shape, in a body of a sensible size."""

import asyncio
import json
from http import HTTPStatus
from typing import TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError

from channels.webchat.answers import InvalidError, RefusedError

MOST_BYTES = 64 * 1024
_READ_WITHIN = 10.0  # seconds

Shape = TypeVar("Shape", bound=BaseModel)


async def read_body(request: web.Request, shape: type[Shape]) -> Shape:
    """Read a JSON body."""
    _check_type(request)
    if (request.content_length or 0) > MOST_BYTES:
        raise _refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    raw = await _gather(request)
    try:
        return shape.model_validate(json.loads(raw))
    except ValidationError as error:
        raise InvalidError(_explain(error)) from None
    except (ValueError, RecursionError):
        message = "The body is not JSON."
        raise InvalidError(message) from None


def read_query(request: web.Request, shape: type[Shape]) -> Shape:
    """Read the query, in which each name stands once."""
    given = request.query
    if len(given) != len(set(given)):
        message = "A name stands in the query twice."
        raise InvalidError(message)
    try:
        return shape.model_validate(dict(given))
    except ValidationError as error:
        raise InvalidError(_explain(error)) from None


def _check_type(request: web.Request) -> None:
    encodings = request.headers.getall("Content-Encoding", [])
    is_plain = all(encoding.strip().lower() == "identity" for encoding in encodings)
    if request.content_type != "application/json" or not is_plain:
        raise _refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)


async def _gather(request: web.Request) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(_READ_WITHIN):
            async for piece in request.content.iter_any():
                body += piece
                if len(body) > MOST_BYTES:
                    raise _refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    except TimeoutError:
        raise _refusal(HTTPStatus.REQUEST_TIMEOUT) from None
    return bytes(body)


def _refusal(status: HTTPStatus) -> RefusedError:
    code = status.phrase.lower().replace(" ", "_")
    return RefusedError(status, code, f"{status.description or status.phrase}.")


def _explain(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    name = str(first["loc"][0]) if first["loc"] else "body"
    if first["type"] == "extra_forbidden":
        return "There is a field too many."
    return f"{name}: {first['msg']}."
