"""The programs that are told what happens: who they are, and what became of what they were sent."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_address

import sqlalchemy as sa

from bot.core.model import OutboxId
from bot.desk.errors import ConflictError, InvalidError, NotFoundError
from bot.edge.ssrf_guard import Guard, RefusedUrlError
from bot.notifications.webhook_events import WebhookEvent
from bot.notifications.webhook_signing import new_secret
from bot.outbox.handlers.looks import hasten
from bot.ports.doorbell import Doorbell
from bot.storage.database.engine import Database
from bot.storage.database.transactions import read, retry_races
from bot.storage.operations.audits import add_audit
from bot.storage.outbox.rows import Work
from bot.storage.team.webhook_endpoints import (
    Endpoint,
    EndpointState,
    LoggedDelivery,
    add_endpoint,
    find_endpoint,
    list_deliveries,
    list_endpoints,
    redeliver,
    remove_endpoint,
    switch_endpoint,
)

MOST = 20
"""How many programs there may be: each is sent everything."""
_SHOWN = 50


class BusyDeliveryError(ConflictError):
    """Wait for the attempt that is under way."""

    code = "busy_delivery"

    def __init__(self) -> None:
        super().__init__("It is being sent just now, or is not there any more.")


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook endpoint with its latest deliveries, newest first."""

    endpoint: Endpoint
    deliveries: list[LoggedDelivery]


@dataclass(frozen=True, slots=True)
class Webhooks:
    """Looks after them, for admins; blocks, so the web calls it from threads."""

    database: Database
    doorbell: Doorbell
    clock: Callable[[], datetime]
    guard: Guard = field(default_factory=Guard)

    def list(self) -> list[Endpoint]:
        """List all, the oldest first."""
        return read(self.database, list_endpoints)

    def show(self, id: int) -> Webhook:
        """Show one with its log."""

        def look(connection: sa.Connection) -> Webhook:
            endpoint = _existing(connection, id)
            return Webhook(endpoint, list_deliveries(connection, endpoint, _SHOWN))

        return read(self.database, look)

    def add(self, url: str, events: Collection[str], by: str) -> int:
        """Let a program listen; without any event named, to all of them."""
        address, wanted = self._check_url(url), _check_events(events)
        now = self.clock()

        def write(connection: sa.Connection) -> int:
            if len(list_endpoints(connection)) >= MOST:
                msg = f"url: there are {MOST} programs already."
                raise InvalidError(msg)
            added = add_endpoint(connection, address, new_secret(), wanted, now)
            add_audit(connection, by, "webhook.added", now, {"webhook": added})
            return added

        return retry_races(self.database, write)

    def switch(self, id: int, state: EndpointState, by: str) -> None:
        """Send it nothing more, or again what happens from now on; a stopped one is tried now."""
        now = self.clock()

        def write(connection: sa.Connection) -> Collection[int]:
            endpoint = _existing(connection, id)
            switch_endpoint(connection, id, state, now)
            add_audit(connection, by, f"webhook.{state}", now, {"webhook": id})
            return _look_at(connection, endpoint, now) if state is EndpointState.ON else ()

        self.doorbell.ring(*retry_races(self.database, write))

    def remove(self, id: int, by: str) -> None:
        """Forget it, with its log."""
        now = self.clock()

        def write(connection: sa.Connection) -> None:
            _existing(connection, id)
            remove_endpoint(connection, id)
            add_audit(connection, by, "webhook.removed", now, {"webhook": id})

        retry_races(self.database, write)

    def redeliver(self, id: int, delivery: OutboxId, by: str) -> None:
        """Send something once more, under the same id, also to a program that is stopped."""
        now = self.clock()

        def write(connection: sa.Connection) -> Collection[int]:
            endpoint = _existing(connection, id)
            if not redeliver(connection, endpoint, delivery, now):
                raise BusyDeliveryError
            add_audit(connection, by, "webhook.redelivered", now, {"webhook": id})
            return _look_at(connection, endpoint, now)

        self.doorbell.ring(delivery, *retry_races(self.database, write))

    def _check_url(self, text: str) -> str:
        url = text.strip()
        try:
            host = self.guard.check(url).hostname or ""
        except RefusedUrlError as error:
            raise InvalidError(str(error)) from None
        if not self._may_be(host):
            msg = "The URL names a private address."
            raise InvalidError(msg)
        return url

    def _may_be(self, host: str) -> bool:
        """Look at an address that is written out; a name is looked up when it is needed."""
        try:
            return self.guard.may_reach(ip_address(host))
        except ValueError:
            return True


def _look_at(connection: sa.Connection, endpoint: Endpoint, now: datetime) -> Collection[int]:
    return hasten(connection, now, (Work.WEBHOOK, endpoint.target))


def _check_events(events: Collection[str]) -> list[str]:
    wanted = [event.value for event in WebhookEvent if event in events]
    if len(wanted) != len(set(events)):
        msg = "events: no such event."
        raise InvalidError(msg)
    return wanted or [event.value for event in WebhookEvent]


def _existing(connection: sa.Connection, id: int) -> Endpoint:
    endpoint = find_endpoint(connection, id)
    if endpoint is None:
        raise NotFoundError
    return endpoint
