"""Reads requests: what does not fit its shape never comes further than here."""

import hashlib
import hmac
from collections.abc import Sequence
from typing import TypeVar

from aiohttp import web
from pydantic import ValidationError

from bot.desk.errors import NotFoundError
from bot.edge.bodies import read_json_bytes
from bot.edge.numbers import as_number
from bot.web.api.shapes import GivenShape

MOST_BYTES = 64 * 1024
_MOST_SAID = 100
Shape = TypeVar("Shape", bound=GivenShape)


class RequestError(Exception):
    """The request is at fault: answer with this status and nothing else."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class Tokens:
    """The tokens that open the API."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self._digests = [_digest(token) for token in tokens if token]

    def check(self, request: web.Request) -> None:
        """Raise a RequestError unless the one Authorization header holds one of them."""
        given = request.headers.getall("Authorization", [])
        scheme, _, token = given[0].partition(" ") if len(given) == 1 else ("", "", "")
        digest = _digest(token.strip())
        # every one is compared, so that the time taken tells nothing
        known = [hmac.compare_digest(digest, one) for one in self._digests]
        if scheme.lower() != "bearer" or not any(known):
            raise RequestError(401, "unauthorized", "Send a token as `Authorization: Bearer …`.")


def read_id(request: web.Request) -> int:
    """Read the id in the path; what can't be one names nothing."""
    number = as_number(request.match_info["id"])
    if not number:
        raise NotFoundError
    return number


def read_query(request: web.Request, shape: type[Shape]) -> Shape:
    """Read the query; each parameter at most once."""
    if len(set(request.query)) < len(request.query):
        raise RequestError(422, "invalid", "A parameter is given twice.")
    try:
        return shape.model_validate(dict(request.query))
    except ValidationError as error:
        raise _invalid(error) from None


async def read_body(request: web.Request, shape: type[Shape], *, required: bool) -> Shape:
    """Read the JSON body."""
    if not required and not request.body_exists:
        return shape()
    body = await read_json_bytes(request, MOST_BYTES)
    try:
        return shape.model_validate_json(body)
    except ValidationError as error:
        raise _invalid(error) from None


def _invalid(error: ValidationError) -> RequestError:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])[:_MOST_SAID]
    what = "unknown field" if first["type"] == "extra_forbidden" else first["msg"]
    return RequestError(422, "invalid", f"{where}: {what}." if where else f"{what}.")


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="surrogateescape")).digest()
