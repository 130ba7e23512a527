"""Reads what a caller gives: exactly the fields of a shape, in a body of a sensible size."""

import json
from typing import TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError

from bot.edge.bodies import UnreadableError, read_json_bytes
from channels.webchat.answers import BadFieldError, RefusedError

MOST_BYTES = 64 * 1024

Shape = TypeVar("Shape", bound=BaseModel)


async def read_body(request: web.Request, shape: type[Shape]) -> Shape:
    """Read a JSON body."""
    try:
        raw = await read_json_bytes(request, MOST_BYTES)
    except UnreadableError as error:
        code = error.status.phrase.lower().replace(" ", "_")
        raise RefusedError(error.status, code, str(error), headers=error.headers) from None
    try:
        return shape.model_validate(json.loads(raw))
    except ValidationError as error:
        raise BadFieldError(_explain(error)) from None
    except (ValueError, RecursionError):
        message = "The body is not JSON."
        raise BadFieldError(message) from None


def read_query(request: web.Request, shape: type[Shape]) -> Shape:
    """Read the query, in which each name stands once."""
    given = request.query
    if len(given) != len(set(given)):
        message = "A name stands in the query twice."
        raise BadFieldError(message)
    try:
        return shape.model_validate(dict(given))
    except ValidationError as error:
        raise BadFieldError(_explain(error)) from None


def _explain(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    name = str(first["loc"][0]) if first["loc"] else "body"
    if first["type"] == "extra_forbidden":
        return "There is a field too many."
    return f"{name}: {first['msg']}."
