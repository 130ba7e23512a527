"""Meta's data deletion callback, and the page on which a person sees how far it has come."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qs

from aiohttp import web
from jinja2 import Environment, FileSystemLoader

from bot.core.model import VisitorKey
from bot.edge.assets import TOKENS
from bot.edge.bodies import UnreadableError, read_body, type_of
from bot.edge.refusals import tell_cause
from bot.ports.channels import ErasureRequests
from bot.ports.errors import UnavailableError
from channels.meta.app import MetaApp
from channels.meta.signed_request import SignedRequestError, read_signed_request

PATH = "/meta/data-deletion"
MOST_BYTES = 1024 * 1024
_MOST_FIELDS = 10
_FORM = "application/x-www-form-urlencoded"
_TEMPLATES = Environment(
    loader=FileSystemLoader([Path(__file__).parent / "templates", TOKENS.parent]), autoescape=True
)
_ALONE = {"Cache-Control": "no-store"}
_PAGE_HEADERS = {
    **_ALONE,
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'",
    "X-Robots-Tag": "noindex",
}


@dataclass(frozen=True, slots=True)
class DeletionPages:
    """Routes of data deletion: Meta's callback and the person's status page."""

    channel: str
    """Where a person is a visitor."""
    desk: ErasureRequests
    apps: Sequence[MetaApp] = field(repr=False)
    public_origin: str

    def routes(self) -> list[web.RouteDef]:
        """Give both addresses."""
        return [
            web.post(PATH, self._take),
            web.get(PATH + "/{code:[0-9a-f]{40}}", self._show),
        ]

    async def _take(self, request: web.Request) -> web.Response:
        try:
            text = _only_field(await _read(request))
            asked = read_signed_request(text, self.apps)
        except (SignedRequestError, UnreadableError):
            return _refuse(HTTPStatus.BAD_REQUEST)
        person = VisitorKey(self.channel, asked.app_id, asked.user_id)
        take = partial(self.desk.take, person, asked.signature.hex())
        try:
            code = await asyncio.to_thread(take)
        except UnavailableError as error:
            tell_cause(request, error)
            return _refuse(HTTPStatus.SERVICE_UNAVAILABLE)
        answer = {"url": f"{self.public_origin}{PATH}/{code}", "confirmation_code": code}
        return web.json_response(answer, headers=_ALONE)

    async def _show(self, request: web.Request) -> web.Response:
        try:
            state = await asyncio.to_thread(self.desk.look_up, request.match_info["code"])
        except UnavailableError as error:
            tell_cause(request, error)
            return _refuse(HTTPStatus.SERVICE_UNAVAILABLE)
        if state is None:
            raise web.HTTPNotFound
        page = _TEMPLATES.get_template("deletion.html").render(state=state)
        return web.Response(text=page, content_type="text/html", headers=_PAGE_HEADERS)


async def _read(request: web.Request) -> bytes:
    if type_of(request) != _FORM:
        raise SignedRequestError
    return await read_body(request, MOST_BYTES)


def _only_field(body: bytes) -> str:
    try:
        fields = parse_qs(body.decode("ascii"), max_num_fields=_MOST_FIELDS)
        [text] = fields["signed_request"]
    except (ValueError, KeyError):
        raise SignedRequestError from None
    return text


def _refuse(status: HTTPStatus) -> web.Response:
    refusal = web.Response(status=status, text=status.phrase, headers=_ALONE)
    refusal.force_close()
    return refusal
