"""From where something may be changed: the chat's own page, or a program that shows its ticket."""

from aiohttp import web

from channels.webchat.answers import ForbiddenOriginError
from channels.webchat.identity import TICKET_HEADER


def check_origin(request: web.BaseRequest, ours: str, *, needs_ticket: bool) -> None:
    """Refuse other sites; browsers always say which one it is when something is changed."""
    origins = request.headers.getall("Origin", [])
    if not origins and (TICKET_HEADER in request.headers or not needs_ticket):
        return
    if origins != [ours]:
        raise ForbiddenOriginError
