"""From where something may be changed: the chat's own page, or a program that shows its ticket."""

from aiohttp import web

from channels.webchat.answers import ForbiddenOriginError
from channels.webchat.identity import TICKET_HEADER
from config.origins import is_same_origin


def check_origin(request: web.BaseRequest, ours: str, *, needs_ticket: bool) -> None:
    """Refuse other sites; browsers always say which one it is when something is changed."""
    origins = request.headers.getall("Origin", [])
    if not origins and (TICKET_HEADER in request.headers or not needs_ticket):
        return
    if len(origins) != 1 or not is_same_origin(origins[0], ours):
        raise ForbiddenOriginError
