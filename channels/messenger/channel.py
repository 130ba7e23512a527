"""Messenger as a channel: Meta's apps in, their pages out."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from aiohttp import web

from bot.core.arrivals import Arrival, Fault
from bot.core.model import Place
from bot.ports import Outgoing, Profile, Receipt
from channels.base import Observer, Receive
from channels.messenger.addresses import UNKNOWN_PAGE
from channels.messenger.connections import Connections
from channels.messenger.graph import GraphAddress, PageGraph
from channels.messenger.payloads import Parsed, parse
from channels.messenger.profile import MessengerProfiles
from channels.messenger.sender import MessengerSender
from channels.messenger.webhook import MessengerWebhook, Signatory

NAME = "messenger"


@dataclass(frozen=True, slots=True)
class MessengerApp:
    """One app of Meta's with the pages that it serves, each with its access token."""

    secrets: tuple[str, ...] = field(repr=False)
    app_id: str | None
    pages: Mapping[str, str] = field(repr=False)
    address: GraphAddress

    def open_pages(self, connections: Connections) -> dict[str, PageGraph]:
        """Give access to each page."""
        return {
            page: PageGraph(
                token, address=self.address, app_secret=self.secrets[0], connections=connections
            )
            for page, token in self.pages.items()
        }

    def read(self, body: bytes, received_at: datetime) -> Parsed:
        """Understand a delivery to this app."""
        return parse(body, pages=self.pages, app_id=self.app_id, received_at=received_at)


def find_app(
    apps: Sequence[MessengerApp], body: bytes, received_at: datetime
) -> tuple[MessengerApp, Parsed]:
    """Find the app whose pages a delivery is for, the first if none, and what it understands."""
    readings = [(app, app.read(body, received_at)) for app in apps]
    served = [reading for reading in readings if not reading[1].ignored[UNKNOWN_PAGE]]
    return (served or readings)[0]


class MessengerChannel:
    """The way in and the way out."""

    name = NAME

    def __init__(
        self,
        apps: Sequence[MessengerApp],
        *,
        verify_token: str | None,
        clock: Callable[[], datetime],
        observer: Observer,
    ) -> None:
        self._apps = apps
        connections = Connections()
        self.pages = {
            page: graph for app in apps for page, graph in app.open_pages(connections).items()
        }
        self.fingerprints = {
            page: hashlib.sha256(token.encode()).hexdigest()
            for app in apps
            for page, token in app.pages.items()
        }
        self._sender = MessengerSender(self.pages)
        self._profiles = MessengerProfiles(self.pages)
        self._webhook = MessengerWebhook(
            signatories=[Signatory(app.secrets, frozenset(app.pages), app.app_id) for app in apps],
            verify_token=verify_token,
            clock=clock,
            observer=observer,
        )

    def routes(self, receive: Receive) -> list[web.RouteDef]:
        """Serve Meta's webhook."""
        return self._webhook.routes(receive)

    def reread(self, raw: bytes, received_at: datetime) -> tuple[list[Arrival], list[Fault]]:
        """Read a delivery that was not understood, or not stored, when it came."""
        _, parsed = find_app(self._apps, raw, received_at)
        strays = [Fault(raw, UNKNOWN_PAGE)] if parsed.ignored[UNKNOWN_PAGE] else []
        return parsed.arrivals, [*parsed.faults, *strays]

    def send(self, to: Place, message: Outgoing) -> Receipt:
        """Deliver a message as the page that the visitor has written to."""
        return self._sender.send(to, message)

    def read_profile(self, of: Place) -> Profile:
        """Look a visitor up with the page's token."""
        return self._profiles.read_profile(of)
