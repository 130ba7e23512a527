"""Webhooks: programs are sent what they asked for, signed, as it is known when it is sent."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.core.model import ContactId, ConversationId, MessageId, VisitorId
from bot.edge.ssrf_guard import GuardedClient
from bot.notifications.senders import ask
from bot.notifications.webhook_events import WebhookEvent, describe, write_event
from bot.notifications.webhook_signing import sign
from bot.outbox.contract import Handler, Job, Outcome
from bot.outbox.handlers.patience import PAUSES
from bot.outbox.holding import Held
from bot.outbox.retrying import Retry
from bot.ports.errors import SendError, Trouble, UndeliverableError
from bot.storage.contacts.consents import StoredConsent, list_visitor_consents
from bot.storage.contacts.contacts import ContactView, find_contacts
from bot.storage.outbox.due import LONG_LEASE
from bot.storage.outbox.held import HeldRow
from bot.storage.outbox.rows import OutboxState, Work
from bot.storage.tables import parse_time
from bot.storage.team.notification_subjects import (
    SpokenMessage,
    Subject,
    find_spoken,
    find_subjects,
)
from bot.storage.team.webhook_endpoints import Endpoint, EndpointState, list_endpoints

_ABOUT_CONSENT = frozenset({WebhookEvent.CONSENT_GIVEN, WebhookEvent.CONSENT_WITHDRAWN})
_NOT_WANTED = "Nobody wants it any more."
_TOO_LATE = "The program did not take it in time."
_ERASED = "What it was about is not there any more."


@dataclass(frozen=True, slots=True)
class WebhookDelivery:
    """A webhook delivery: one event for one endpoint."""

    url: str
    secret: str = field(repr=False)
    id: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, eq=False)
class WebhookHandler(Handler[WebhookDelivery]):
    """Sends one event to one program; it may come twice, with the same id."""

    client: GuardedClient
    clock: Callable[[], datetime]

    kinds = (Work.WEBHOOK,)
    retry = Retry(PAUSES, most=len(PAUSES))
    lease = LONG_LEASE
    counts_trouble = True
    breaks_for = PAUSES[0]

    def consider(self, rows: Sequence[HeldRow], held: Held) -> Iterator[Job[WebhookDelivery]]:
        """Send what is still wanted, if what it is about is still there."""
        endpoints = {one.target: one for one in list_endpoints(held.connection)}
        known = _Known.find(rows, held)
        for row in rows:
            endpoint, event = endpoints.get(row.target), row.payload["event"]
            if row.deadline is not None and row.deadline <= held.now:
                held.end(row, OutboxState.EXPIRED, row.reason or _TOO_LATE)
            elif endpoint is None or endpoint.state is EndpointState.OFF:
                held.end(row, OutboxState.CANCELLED, _NOT_WANTED)
            elif event not in set(WebhookEvent):
                held.leave_to_newer(row)
            elif (told := known.describe(row)) is None:
                held.end(row, OutboxState.CANCELLED, _ERASED)
            elif held.may_leave(row):
                yield Job(row, _delivery(row, endpoint, told))

    def attempt(self, job: Job[WebhookDelivery]) -> Outcome:
        """Post the event to the program."""
        told = job.what
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Whosthere",
            **sign(told.secret, told.id, self.clock(), told.body),
        }
        try:
            ask(self.client, told.url, told.body, headers)
        except UndeliverableError as error:  # it may come back, and what waits goes out then
            raise SendError(error.reason, trouble=Trouble.GONE) from None
        return None

    def repeats(self, row: HeldRow) -> bool:  # noqa: ARG002 - programs know it by its id
        """Send the event again."""
        return True


@dataclass(frozen=True, slots=True)
class _Known:
    """The current subjects of a batch of webhook events."""

    subjects: Mapping[ConversationId, Subject]
    spoken: Mapping[MessageId, SpokenMessage]
    contacts: Mapping[ContactId, ContactView]
    consents: Mapping[ConversationId, Sequence[StoredConsent]]

    @classmethod
    def find(cls, rows: Sequence[HeldRow], held: Held) -> "_Known":
        """Look the subjects of events up, by as many statements as for one event."""
        ids = [row.message_id for row in rows if row.message_id]
        contacts = [found for row in rows if (found := row.payload["contact"])]
        return cls(
            find_subjects(
                held.connection, [one.conversation_id for one in rows if one.conversation_id]
            ),
            {message.id: message for message in find_spoken(held.connection, ids)},
            find_contacts(held.connection, contacts),
            {talk: list_visitor_consents(held.connection, who) for talk, who in _agreed(rows)},
        )

    def describe(self, row: HeldRow) -> dict[str, object] | None:
        """Say what an event is about; None: it is erased."""
        contact = row.payload["contact"]
        return describe(
            WebhookEvent(row.payload["event"]),
            self.subjects.get(row.conversation_id) if row.conversation_id else None,
            self.spoken.get(row.message_id) if row.message_id else None,
            self.contacts.get(contact) if contact else None,
            self.consents.get(row.conversation_id, ()) if row.conversation_id else (),
        )


def _agreed(rows: Sequence[HeldRow]) -> set[tuple[ConversationId, VisitorId]]:
    return {
        (row.conversation_id, row.visitor_id)
        for row in rows
        if row.conversation_id and row.visitor_id and row.payload["event"] in _ABOUT_CONSENT
    }


def _delivery(row: HeldRow, endpoint: Endpoint, told: dict[str, object]) -> WebhookDelivery:
    body = write_event(row.payload["event"], parse_time(row.payload["at"]), told)
    return WebhookDelivery(endpoint.url, endpoint.secret, f"evt_{row.id}", body)
