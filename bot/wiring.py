"""The composition root: the only place that knows every concrete class."""

import hashlib
import hmac
from datetime import UTC, datetime
from functools import partial
from ipaddress import ip_network
from urllib.parse import urlsplit

from bot.clock import Clock
from bot.delivery.attempts import Ways
from bot.delivery.courier import Courier
from bot.desk import Desk
from bot.embedded import recorded_url
from bot.erasure import DeletionDesk
from bot.intake import Intake
from bot.live import LiveHints
from bot.rooms import Rooms
from bot.secret import secret_keys
from bot.storage.engine import Database
from bot.web.app import Parts
from bot.web.deletion import DeletionPages
from bot.web.demo import DemoSettings
from bot.web.demo.ways import DemoWays
from bot.web.health import Health
from bot.web.metrics import Metrics
from channels import build_channels
from channels.base import Channel, NobodyCounts, Observer
from channels.messenger.channel import NAME as MESSENGER
from channels.messenger.channel import MessengerApp
from channels.messenger.graph import GraphAddress
from channels.messenger.people import MessengerPeople
from channels.webchat.limits import Limits
from channels.webchat.settings import WebChatParts, WebChatSettings
from config.settings import Settings, is_loopback
from workers.doorbell import RqDoorbell, open_queue

DEMO_PAGE = "100000000000001"
DEMO_APP = "200000000000002"


def now() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)


def redis_url(settings: Settings) -> str:
    """Find Redis: the one that is set, or the embedded one that `./run` has started."""
    if settings.redis_url:
        return settings.redis_url.get_secret_value()
    return recorded_url(settings.data_dir / "valkey")


def messenger_apps(settings: Settings) -> list[MessengerApp]:
    """List Meta's apps that we answer to: the operator's, and the demo's own."""
    apps = []
    if settings.messenger_app_secret:
        pages = {page: token.get_secret_value() for page, token in settings.messenger_pages.items()}
        apps.append(
            MessengerApp(
                secrets=tuple(one.get_secret_value() for one in settings.messenger_app_secret),
                app_id=settings.messenger_app_id,
                pages=pages,
                address=_graph_address(settings, settings.messenger_graph_url),
            )
        )
    if settings.demo_enabled:
        apps.append(demo_app(settings))
    return apps


def demo_app(settings: Settings) -> MessengerApp:
    """Make the demo's app: every process derives the same secrets from our own."""
    key = secret_keys(settings)[0]
    return MessengerApp(
        secrets=(_derive(key, "demo app secret"),),
        app_id=DEMO_APP,
        pages={DEMO_PAGE: _derive(key, "demo page token")},
        address=_graph_address(settings, f"{_local_origin(settings)}/demo/graph"),
    )


def open_channels(
    settings: Settings, observer: Observer, webchat: WebChatParts | None = None
) -> list[Channel]:
    """Open every channel that is configured; the web chat is the web's own affair."""
    token = settings.messenger_verify_token
    return build_channels(
        messenger_apps(settings),
        webchat,
        verify_token=token.get_secret_value() if token else None,
        clock=now,
        observer=observer,
    )


def open_courier(settings: Settings) -> Courier:
    """Put a worker's side together."""
    channels = open_channels(settings, NobodyCounts())
    people = MessengerPeople(messenger_apps(settings))
    rules = settings.capture_rules
    ways = Ways(
        senders={channel.name: channel for channel in channels},
        profiles={channel.name: channel for channel in channels},
        fingerprints={
            (channel.name, account): fingerprint
            for channel in channels
            for account, fingerprint in channel.fingerprints.items()
        }
        | {(MESSENGER, app): fingerprint for app, fingerprint in people.fingerprints.items()},
        people={MESSENGER: people},
    )
    doorbell = RqDoorbell(redis_url(settings))
    return Courier(Database(settings.database), lambda: rules, ways, doorbell, now)


def open_clock(settings: Settings) -> Clock:
    """Put the clock together."""
    return Clock(Database(settings.database), RqDoorbell(redis_url(settings)), now)


def open_parts(settings: Settings) -> Parts:
    """Put the web's side together."""
    database = Database(settings.database, pool_size=8)
    writer = Database(settings.database, pool_size=1, by_key_only=True)
    doorbell = RqDoorbell(redis_url(settings))
    rules = settings.capture_rules
    metrics = Metrics(database, open_queue(redis_url(settings)), now)
    intake = Intake(writer, lambda: rules, doorbell, now)
    desk = Desk(database, lambda: rules, doorbell, now)
    rooms = Rooms(database)
    live = LiveHints(redis_url(settings), rooms.states)
    limits = Limits(redis_url(settings))
    webchat = WebChatParts(
        webchat_settings(settings), lambda: rules, now, rooms, live, doorbell.hint, limits
    )

    def close() -> None:
        doorbell.close()
        writer.close()
        database.close()

    return Parts(
        hosts=_hosts(settings),
        public_origin=settings.public_origin,
        intake=intake,
        desk=desk,
        health=Health(database, redis_url(settings)),
        metrics=metrics,
        deletion=DeletionPages(
            DeletionDesk(database, doorbell, now), messenger_apps(settings), settings.public_origin
        ),
        api_tokens=tuple(token.get_secret_value() for token in settings.api_tokens),
        channel_routes=tuple(
            route
            for channel in open_channels(settings, metrics, webchat)
            for route in channel.routes(partial(intake.receive, channel.name))
        ),
        running=(live.run, limits.run),
        dismiss=live.dismiss,
        demo=_demo(settings, database, desk) if settings.demo_enabled else None,
        close=close,
    )


def webchat_settings(settings: Settings) -> WebChatSettings:
    """Tell the web chat what the operator wishes."""
    return WebChatSettings(
        public_origin=settings.public_origin,
        allowed_origins=settings.allowed_origins,
        secrets=tuple(_derive(key, "web chat") for key in secret_keys(settings)),
        title=settings.webchat_title,
        greeting=settings.webchat_greeting,
        color=settings.webchat_color,
        consent=settings.consent_mode,
        trusted_proxies=tuple(ip_network(each, strict=False) for each in settings.trusted_proxies),
    )


def _demo(settings: Settings, database: Database, desk: Desk) -> DemoSettings:
    app = demo_app(settings)
    [(page, token)] = app.pages.items()
    ways = DemoWays(database, desk, page)
    return DemoSettings(
        page_id=page,
        app_id=DEMO_APP,
        app_secret=app.secrets[0],
        page_token=token,
        webhook_url=lambda: f"{_local_origin(settings)}/webhooks/messenger",
        peek=ways.peek,
        reply=ways.reply,
    )


def _hosts(settings: Settings) -> frozenset[str]:
    """Name this server; without a public name, or for the demo, every name of this machine's."""
    public = urlsplit(settings.public_origin)
    if not is_loopback(public.hostname or "") and not settings.demo_enabled:
        return frozenset({public.netloc})
    local = {f"{name}:{settings.port}" for name in ("localhost", "127.0.0.1", "[::1]")}
    return frozenset({public.netloc, *local})


def _graph_address(settings: Settings, url: str) -> GraphAddress:
    return GraphAddress(url, "v" + settings.messenger_graph_version.removeprefix("v"))


def _local_origin(settings: Settings) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"


def _derive(key: str, purpose: str) -> str:
    return hmac.new(key.encode(), purpose.encode(), hashlib.sha256).hexdigest()
