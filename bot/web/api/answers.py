"""Writes answers: everything is JSON, and every refusal has one form."""

from collections.abc import Awaitable, Callable

from aiohttp import web
from pydantic import BaseModel

from bot.desk.errors import (
    ConflictError,
    DeskError,
    EmailTakenError,
    InvalidError,
    StaleVersionError,
)
from bot.edge.bodies import UnreadableError
from bot.edge.refusals import log_fault, tell_cause
from bot.ports.errors import UnavailableError
from bot.web.api import views
from bot.web.api.requests import RequestError
from bot.web.api.shapes import Failure, FaultShape

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_CODES = {404: "not_found", 405: "method_not_allowed"}
_SENTENCES = {404: "There is no such thing here.", 405: "This can't be done to it."}


def write(content: BaseModel, status: int) -> web.Response:
    """Answer with JSON that no cache keeps."""
    text = content.model_dump_json(exclude_unset=True)
    headers = {"Cache-Control": "no-store"}
    return web.Response(text=text, status=status, headers=headers, content_type="application/json")


@web.middleware
async def explain_refusals(request: web.Request, handler: _Handler) -> web.StreamResponse:
    """Turn every error into an answer of the one form."""
    try:
        return await handler(request)
    except DeskError as error:
        return write(_failure(error), _status(error))
    except (RequestError, UnreadableError) as error:
        return _refuse(error)
    except UnavailableError as error:
        tell_cause(request, error)
        response = _write_fault(503, "unavailable", "The database can't be reached. Try again.")
        response.headers["Retry-After"] = "1"
        return response
    except web.HTTPException as error:
        return _translate(error)
    except Exception as error:  # noqa: BLE001 - no caller is left without an answer
        log_fault(request, error)
        return _write_fault(500, "internal", "Something went wrong here.")


def _status(error: DeskError) -> int:
    match error:
        case InvalidError():
            return 422
        case ConflictError():
            return 409
        case _:
            return 404


def _failure(error: DeskError) -> Failure:
    fault = FaultShape(code=error.code, message=str(error))
    match error:
        case StaleVersionError(conversation=conversation):
            return Failure(error=fault, conversation=views.conversation(conversation))
        case EmailTakenError(contact=contact):
            return Failure(error=fault, contact=views.contact(contact))
        case _:
            return Failure(error=fault)


def _refuse(error: RequestError | UnreadableError) -> web.Response:
    response = _write_fault(error.status, error.code, str(error))
    if isinstance(error, UnreadableError):
        response.headers.update(error.headers)
        response.force_close()  # what is left of the body is not worth reading
    if error.status == web.HTTPUnauthorized.status_code:
        response.headers["WWW-Authenticate"] = 'Bearer realm="api"'
    return response


def _translate(error: web.HTTPException) -> web.Response:
    code = _CODES.get(error.status, "refused")
    response = _write_fault(error.status, code, _SENTENCES.get(error.status, error.reason))
    if "Allow" in error.headers:
        response.headers["Allow"] = error.headers["Allow"]
    return response


def _write_fault(status: int, code: str, message: str) -> web.Response:
    return write(Failure(error=FaultShape(code=code, message=message)), status)
