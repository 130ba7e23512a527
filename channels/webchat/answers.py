"""Writes answers of the web chat's API: JSON that no cache keeps, and refusals of one form."""

import functools
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from aiohttp import web

from bot.edge.refusals import log_fault, tell_cause
from bot.ports.errors import UnavailableError

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]
_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class RefusedError(Exception):
    """A refusal that changed nothing; its sentence says what to do."""

    def __init__(
        self, status: int, code: str, message: str, *, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = headers or {}
        self.suggestion: str | None = None


class ForbiddenOriginError(RefusedError):
    """Call from the chat's own frame, or as a program with a ticket."""

    def __init__(self) -> None:
        super().__init__(403, "wrong_origin", "Only the chat's own page may do this.")


class NobodyError(RefusedError):
    """Open a session first."""

    def __init__(self) -> None:
        super().__init__(401, "no_session", "Open a session first, or a new one: it has ended.")


class BadFieldError(RefusedError):
    """Correct what the sentence names."""

    def __init__(self, message: str, code: str = "invalid") -> None:
        super().__init__(422, code, message)


class BusyError(RefusedError):
    """Try again after the time that `Retry-After` names."""

    def __init__(self, seconds: int) -> None:
        headers = {"Retry-After": str(seconds)}
        super().__init__(429, "too_many", "That was too fast. Try again later.", headers=headers)
        self.seconds = seconds


class EnoughEmailsError(RefusedError):
    """Give no more addresses for as long as `Retry-After` says."""

    def __init__(self, seconds: int) -> None:
        message = "email: no more addresses can be taken here for now. Write us a message instead."
        headers = {"Retry-After": str(seconds)}
        super().__init__(429, "enough_emails", message, headers=headers)


def write(content: object, status: int = 200) -> web.Response:
    """Answer with JSON."""
    text = json.dumps(content, ensure_ascii=False)
    return web.Response(text=text, status=status, headers=_HEADERS, content_type="application/json")


def explained(handler: Handler) -> Handler:
    """Turn every error of a handler into an answer of the one form."""

    @functools.wraps(handler)
    async def explain(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except RefusedError as error:
            return _refuse(request, error)
        except UnavailableError as error:
            tell_cause(request, error)
            late = {"Retry-After": "1"}
            message = "The database can't be reached. Try again."
            return _refuse(request, RefusedError(503, "unavailable", message, headers=late))
        except web.HTTPException as error:
            message = "This can't be answered."
            return _refuse(request, RefusedError(error.status, "refused", message))
        except Exception as error:  # noqa: BLE001 - its words stay in here
            log_fault(request, error)
            message = "Something went wrong here."
            return _refuse(request, RefusedError(500, "internal", message))

    return explain


def _refuse(request: web.Request, error: RefusedError) -> web.Response:
    fault = {"code": error.code, "message": str(error)}
    if error.suggestion:
        fault["suggestion"] = error.suggestion
    response = write({"error": fault}, error.status)
    response.headers.update(error.headers)
    if request.can_read_body:
        response.force_close()  # what is left of the body is not worth reading
    return response
