"""The channels that are configured, and Meta's apps behind them."""

from bot.secret import derive, secret_keys
from bot.wiring.ground import local_origin, now
from channels import build_channels
from channels.base import Channel, Observer
from channels.messenger.channel import MessengerApp
from channels.messenger.graph import GraphAddress
from channels.messenger.variables import MessengerVariables
from channels.webchat.settings import WebChatParts
from config.settings import Settings

DEMO_PAGE = "100000000000001"
DEMO_APP = "200000000000002"


def messenger_apps(settings: Settings) -> list[MessengerApp]:
    """List Meta's apps that we answer to: the operator's, and the demo's own."""
    apps = []
    ours = settings.of(MessengerVariables)
    if ours.messenger_app_secret:
        pages = {page: token.get_secret_value() for page, token in ours.messenger_pages.items()}
        apps.append(
            MessengerApp(
                secrets=tuple(one.get_secret_value() for one in ours.messenger_app_secret),
                app_id=ours.messenger_app_id,
                pages=pages,
                address=_graph_address(settings, ours.messenger_graph_url),
            )
        )
    if settings.demo_enabled:
        apps.append(demo_app(settings))
    return apps


def demo_app(settings: Settings) -> MessengerApp:
    """Make the demo's app: every process derives the same secrets from our own."""
    key = secret_keys(settings)[0]
    return MessengerApp(
        secrets=(derive(key, "demo app secret"),),
        app_id=DEMO_APP,
        pages={DEMO_PAGE: derive(key, "demo page token")},
        address=_graph_address(settings, f"{local_origin(settings)}/demo/graph"),
    )


def open_channels(
    settings: Settings, observer: Observer, webchat: WebChatParts | None = None
) -> list[Channel]:
    """Open every channel that is configured; the web chat is the web's own affair."""
    token = settings.of(MessengerVariables).messenger_verify_token
    return build_channels(
        messenger_apps(settings),
        webchat,
        verify_token=token.get_secret_value() if token else None,
        clock=now,
        observer=observer,
    )


def _graph_address(settings: Settings, url: str) -> GraphAddress:
    version = settings.of(MessengerVariables).messenger_graph_version
    return GraphAddress(url, "v" + version.removeprefix("v"))
