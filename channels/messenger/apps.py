"""Meta's apps that this server answers to: the operator's, and the demo's own."""

from bot.core.automatic import normalise
from channels.base import Given
from channels.messenger.errors import ERRORS
from channels.messenger.variables import MessengerVariables
from channels.meta.app import MetaApp
from channels.meta.graph import GraphAddress

DEMO_PAGE = "100000000000001"
DEMO_APP = "200000000000002"


def open_apps(given: Given) -> list[MetaApp]:
    """List the apps; none where Messenger is not configured and the demo is off."""
    apps = [app for app in (connected_app(given),) if app]
    return [*apps, demo_app(given)] if given.settings.demo_enabled else apps


def connected_app(given: Given) -> MetaApp | None:
    """Make the operator's app; None: Messenger is not configured."""
    ours = given.settings.of(MessengerVariables)
    if not ours.messenger_app_secret:
        return None
    return MetaApp(
        secrets=tuple(one.get_secret_value() for one in ours.messenger_app_secret),
        app_id=ours.messenger_app_id,
        pages={page: token.get_secret_value() for page, token in ours.messenger_pages.items()},
        address=_graph_address(ours, ours.messenger_graph_url),
        automatic_texts=frozenset(map(normalise, ours.messenger_automatic_texts)),
    )


def demo_app(given: Given) -> MetaApp:
    """Make the demo's app: every process derives the same secrets from our own."""
    return MetaApp(
        secrets=(given.derive("demo app secret"),),
        app_id=DEMO_APP,
        pages={DEMO_PAGE: given.derive("demo page token")},
        address=_graph_address(
            given.settings.of(MessengerVariables), f"{given.local_origin}/demo/graph"
        ),
    )


def _graph_address(ours: MessengerVariables, url: str) -> GraphAddress:
    version = "v" + ours.messenger_graph_version.removeprefix("v")
    return GraphAddress(url, version, errors=ERRORS)
