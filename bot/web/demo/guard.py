"""The simulator's guard: requests from this machine's own pages only."""

import json
from collections.abc import Awaitable, Callable
from typing import TypeAlias
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Middleware

from config.origins import host_of, is_loopback, normalise_host, normalise_origin

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
    " require-trusted-types-for 'script'; trusted-types 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def guard_host(hosts: frozenset[str]) -> Middleware:
    """Refuse names that are not ours: else any site could point its own name at this machine."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        name = _host_name(request.host)
        if name not in hosts and not is_loopback(name):
            return refusal(421, "wrong_host", "This is not the host that you asked for.")
        return await handler(request)

    return check


@web.middleware
async def guard_origin(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Take changes from our own page only, and tell browsers how little the page may do."""
    if request.method not in {"GET", "HEAD"} and not _is_same_origin(request):
        return refusal(403, "wrong_origin", "Only the simulator's own page may do this.")
    response = await handler(request)
    response.headers.update(_HEADERS)
    return response


def refusal(status: int, code: str, message: str) -> web.Response:
    """Say no, in the shape of the API's errors."""
    text = json.dumps({"error": {"code": code, "message": message}})
    return web.Response(status=status, text=text, content_type="application/json")


def _is_same_origin(request: web.Request) -> bool:
    # Without our scheme: whoever ends TLS before us may not say which one it was.
    try:
        origin = urlsplit(normalise_origin(request.headers.get("Origin", "")))
        return normalise_host(request.host, origin.scheme) == origin.netloc
    except ValueError:
        return False


def _host_name(host: str) -> str:
    try:
        return host_of(normalise_origin(f"http://{host}"))
    except ValueError:
        return ""
