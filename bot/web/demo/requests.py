"""Reading what the page sends, and saying no to it."""

import json

from aiohttp import web

from bot.edge.bodies import UnreadableError, read_json_bytes, type_of
from bot.web.demo.guard import Handler, refusal
from bot.web.demo.people import PersonKind
from bot.web.demo.phone import NotPossibleError
from bot.web.demo.settings import ReplyRefusedError

_LONGEST = 5000
_MOST_BYTES = 64 * 1024
_BODY = web.RequestKey("body", bytes)


class UnusableError(Exception):
    """The request makes no sense; the text says why."""


class UnknownPersonError(Exception):
    """Forgotten, or never known: start again."""


@web.middleware
async def refusing(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn the simulator's errors into answers."""
    try:
        return await handler(request)
    except UnknownPersonError:
        return refusal(404, "no_such_person", "The simulator no longer knows this person.")
    except UnreadableError as error:
        answer = refusal(error.status, error.code, str(error))
        answer.force_close()
        return answer
    except UnusableError as error:
        return refusal(422, "unusable", str(error))
    except (NotPossibleError, ReplyRefusedError) as error:
        return refusal(409, "not_possible", str(error))


async def _read_once(request: web.Request) -> bytes:
    if _BODY not in request:
        request[_BODY] = await read_json_bytes(request, _MOST_BYTES)
    return request[_BODY]


async def read_kind(request: web.Request) -> PersonKind:
    """Give the kind of person that is wanted."""
    try:
        return PersonKind(await read_field(request, "kind"))
    except ValueError as error:
        reason = "There is no such kind of person."
        raise UnusableError(reason) from error


async def read_field(request: web.Request, name: str) -> str:
    """Give a text that says something and is not endless."""
    if type_of(request) != "application/json":  # which no form of another site can send
        reason = "Only JSON is understood here."
        raise UnusableError(reason)
    try:
        body = json.loads(await _read_once(request))
    except (ValueError, RecursionError) as error:
        reason = "This is no JSON."
        raise UnusableError(reason) from error
    value = body.get(name) if isinstance(body, dict) else None
    if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST:
        reason = f"A text is needed in “{name}”, at most {_LONGEST} characters long."
        raise UnusableError(reason)
    return value.strip()
