"""Messenger as a channel: Meta's apps in, their pages out."""

import hashlib
from collections.abc import Sequence

from aiohttp import web

from bot.core.model import VisitorKey
from bot.ports.channels import Outgoing, Profile, Receipt, Watched
from channels.base import Receive
from channels.messenger.people import MessengerPeople
from channels.messenger.product import NAME
from channels.messenger.profile import MessengerProfiles
from channels.messenger.sender import MessengerSender
from channels.messenger.watch import PageWatch
from channels.meta.app import MetaApp
from channels.meta.attachments import FILE_HOSTS
from channels.meta.connections import Connections
from channels.meta.deletion import DeletionPages
from channels.meta.webhook import MetaWebhook


class MessengerChannel:
    """The way in and the way out."""

    name = NAME
    file_hosts = FILE_HOSTS

    def __init__(
        self,
        apps: Sequence[MetaApp],
        webhook: MetaWebhook,
        connected: MetaApp | None = None,
        deletion: DeletionPages | None = None,
    ) -> None:
        self._connected = connected
        self.people = MessengerPeople(apps)
        connections = Connections()
        self.pages = {
            page: graph for app in apps for page, graph in app.open_pages(connections).items()
        }
        self.fingerprints = {
            page: hashlib.sha256(token.encode()).hexdigest()
            for app in apps
            for page, token in app.pages.items()
        } | self.people.fingerprints
        self._sender = MessengerSender(self.pages)
        self._profiles = MessengerProfiles(self.pages)
        self._webhook, self._deletion = webhook, deletion

    def routes(self, receive: Receive) -> list[web.RouteDef]:
        """Serve Meta's webhook, and what Meta calls for people who want to be forgotten."""
        deletion = self._deletion.routes() if self._deletion else []
        return [*self._webhook.routes(receive), *deletion]

    @property
    def watched(self) -> Sequence[Watched]:
        """The operator's own pages; the demo's is always there."""
        if self._connected is None:
            return []
        pages, app_id = self._connected.pages, self._connected.app_id
        watches = {page: PageWatch(page, self.pages[page], app_id) for page in pages}
        return [
            Watched(NAME, page, watch.knock, watch.listen, "Meta")
            for page, watch in watches.items()
        ]

    def send(self, to: VisitorKey, message: Outgoing) -> Receipt:
        """Deliver a message as the page that the visitor has written to."""
        return self._sender.send(to, message)

    def read_profile(self, of: VisitorKey) -> Profile:
        """Look a visitor up with the page's token."""
        return self._profiles.read_profile(of)
