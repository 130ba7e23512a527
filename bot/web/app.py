"""The web process's application: who answers where, and what every answer has in common."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.desk import Desk
from bot.edge.bodies import BODIES, Bodies, UnreadableError, hang_up_unless_read
from bot.edge.refusals import REFUSALS, Refusals
from bot.edge.threads import CURRENT_WORK, WorkKind
from bot.intake import Intake
from bot.web.api import add_api
from bot.web.connection import SERVER
from bot.web.demo import DemoSettings, add_demo
from bot.web.demo.shop import shop_routes
from bot.web.health import Health
from bot.web.host_check import HostCheck, Hosts
from bot.web.inbox import InboxParts, add_inbox
from bot.web.metrics import Metrics
from bot.web.proxy_watch import ProxyWatch
from bot.web.sightings import Sightings

_SENTENCES = {
    401: "Sign in first.",
    403: "This is not for you to do.",
    404: "There is no such thing here.",
    405: "This can't be done here.",
    422: "What was sent makes no sense here. Load the page again.",
}
_KINDS = {
    "webhooks": WorkKind.WEBHOOKS,
    "chat": WorkKind.CHAT,
    "inbox": WorkKind.INBOX,
    "api": WorkKind.PROGRAMS,
    "readyz": WorkKind.HEALTH,
    "metrics": WorkKind.METRICS,
}
"""By the first part of the path."""
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Parts:
    """The dependencies that the composition root hands over."""

    hosts: Hosts
    sightings: Sightings
    public_origin: str
    intake: Intake
    desk: Desk
    health: Health
    metrics: Metrics
    api_tokens: tuple[str, ...] = field(repr=False)
    channel_routes: tuple[web.RouteDef, ...]
    running: tuple[Callable[[web.Application], AsyncIterator[None]], ...]
    """What is held open as long as the application runs."""
    dismiss: Callable[[], None]
    """Sends away who would stay for ever."""
    inbox: InboxParts
    demo: DemoSettings | None
    close: Callable[[], None]


def make_app(parts: Parts) -> web.Application:
    """Put the application together; nothing is opened before it starts."""
    refusals = Refusals()
    app = web.Application(
        middlewares=[
            _on_own_threads,
            _without_a_trace(refusals),
            ProxyWatch(parts.inbox.proxies, parts.sightings).middleware(),
            HostCheck(parts.hosts, parts.sightings).middleware(),
        ],
    )
    app[BODIES], app[REFUSALS] = Bodies(), refusals
    app.add_routes([*parts.health.routes(), *parts.metrics.routes(), *parts.channel_routes])
    app.add_routes([web.get("/", _front_door(parts))])
    add_api(app, parts.desk, parts.api_tokens)
    add_inbox(app, parts.inbox)
    if parts.demo:
        add_demo(app, parts.demo)
        app.add_routes(shop_routes(parts.public_origin))
    app.on_response_prepare.append(_tell_no_version)
    app.on_shutdown.append(_drain(parts))
    app.cleanup_ctx.extend([_closing(parts), refusals.run, *parts.running])
    return app


@web.middleware
def _on_own_threads(request: web.Request, handler: _Handler) -> Awaitable[web.StreamResponse]:
    """Let what a request asks of the database take threads of its own kind."""
    CURRENT_WORK.set(_KINDS.get(request.path[1:].partition("/")[0], WorkKind.PAGES))
    return handler(request)


def _without_a_trace(refusals: Refusals) -> Middleware:
    """Let no fault of ours show more than that it is one; the log has it, and each refusal."""

    @web.middleware
    async def answer(request: web.Request, handler: _Handler) -> web.StreamResponse:
        try:
            response = await handler(request)
        except web.HTTPException as error:
            refusals.look(request, error.status)
            _explain(error)
            _finish(request, error)
            raise
        except UnreadableError as error:
            response = error.as_response()
        except Exception as error:  # noqa: BLE001 - its words stay in here
            refusals.fault(error)
            response = web.json_response(
                {"error": {"code": "internal", "message": "Something went wrong here."}}, status=500
            )
        refusals.look(request, response.status)
        if not response.prepared:
            _finish(request, response)
        return response

    return answer


def _explain(error: web.HTTPException) -> None:
    if error.text == f"{error.status}: {error.reason}":  # none but the library's own words
        error.text = _SENTENCES.get(error.status, error.text)


def _finish(request: web.Request, response: web.StreamResponse) -> None:
    _add_headers(response)
    hang_up_unless_read(request, response)


async def _tell_no_version(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers["Server"] = SERVER


def _add_headers(response: web.StreamResponse) -> None:
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")


def _front_door(parts: Parts) -> _Handler:
    async def go(_request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound("/demo" if parts.demo else "/inbox")

    return go


def _drain(parts: Parts) -> Callable[[web.Application], Awaitable[None]]:
    async def drain(_app: web.Application) -> None:
        parts.health.draining = True
        parts.dismiss()

    return drain


def _closing(parts: Parts) -> Callable[[web.Application], AsyncIterator[None]]:
    async def closing(_app: web.Application) -> AsyncIterator[None]:
        yield
        await parts.intake.close()
        parts.close()

    return closing
