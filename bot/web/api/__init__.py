"""API v1: JSON in and out, opened by a bearer token."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiohttp import web

from bot.desk import Desk
from bot.web.api.answers import explain_refusals, write
from bot.web.api.contacts import CONTACT_OPERATIONS
from bot.web.api.conversations import CONVERSATION_OPERATIONS
from bot.web.api.openapi import Document, describe
from bot.web.api.operations import Call, Operation
from bot.web.api.requests import Tokens, read_body, read_id, read_query

PREFIX = "/api/v1"
OPERATIONS = (*CONVERSATION_OPERATIONS, *CONTACT_OPERATIONS)
_DESCRIPTION_PATH = "/openapi.json"
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def add_api(app: web.Application, desk: Desk, tokens: Sequence[str]) -> None:
    """Mount the API; without tokens nobody gets in."""
    api = web.Application(middlewares=[explain_refusals, _only_with(Tokens(tokens))])
    for operation in OPERATIONS:
        api.router.add_route(operation.method, operation.path, _handler(desk, operation))
    api.router.add_get(_DESCRIPTION_PATH, _showing(describe(OPERATIONS, PREFIX)))
    app.add_subapp(PREFIX, api)


def _only_with(tokens: Tokens) -> Any:  # noqa: ANN401 - aiohttp has no public type for it
    @web.middleware
    async def check_token(request: web.Request, handler: _Handler) -> web.StreamResponse:
        if request.path != PREFIX + _DESCRIPTION_PATH:
            tokens.check(request)
        return await handler(request)

    return check_token


def _handler(desk: Desk, operation: Operation[Any, Any]) -> _Handler:
    async def handle(request: web.Request) -> web.Response:
        named = read_id(request) if operation.takes_id else 0
        query = read_query(request, operation.query)
        body = operation.body.model_construct()
        if operation.takes_body:
            required = operation.body_required
            body = await read_body(request, operation.body, required=required)
        call = Call(named, query, body)
        answer = await asyncio.to_thread(operation.act, desk, call)
        return write(answer.content, answer.status)

    return handle


def _showing(description: Document) -> _Handler:
    async def show(_request: web.Request) -> web.Response:
        return web.json_response(description)

    return show
