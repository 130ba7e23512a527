"""Webhook events and their payloads."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from bot.core.model import Author, ContactId, ConversationId, Kind
from bot.core.names import visitor_name
from bot.storage.contacts.consents import StoredConsent
from bot.storage.contacts.contacts import ContactView
from bot.storage.outbox.announcements import Announcement
from bot.storage.team.notification_subjects import SpokenMessage, Subject


class WebhookEvent(StrEnum):
    """The event types that a webhook may subscribe to."""

    CONVERSATION_CREATED = "conversation.created"
    MESSAGE_CREATED = "message.created"
    VISITOR_ASKED = "visitor.asked"
    CONTACT_CREATED = "contact.created"
    CONTACT_ASSOCIATED = "contact.associated"
    CONSENT_GIVEN = "consent.given"
    CONSENT_WITHDRAWN = "consent.withdrawn"


class Event(NamedTuple):
    """A webhook event type and its subject."""

    kind: WebhookEvent
    subject: Subject | None
    message: SpokenMessage | None = None
    contact: ContactId | None = None

    @property
    def key(self) -> str:
        """Give the key that tells the event from others of the same transaction."""
        talk = self.subject.id if self.subject else 0
        return f"{self.kind}:{self.message.id if self.message else f'{talk}-{self.contact or 0}'}"


def find_events(
    announced: Announcement,
    spoken: Sequence[SpokenMessage],
    subjects: dict[ConversationId, Subject],
) -> Iterator[Event]:
    """Say what programs may ask for of an announcement."""
    for talk in announced.conversations:
        yield Event(WebhookEvent.CONVERSATION_CREATED, subjects.get(talk))
    for message in spoken:
        subject = subjects.get(message.conversation_id)
        yield Event(WebhookEvent.MESSAGE_CREATED, subject, message)
        if message.kind is Kind.CAPTURE_PROMPT:
            yield Event(WebhookEvent.VISITOR_ASKED, subject, message)
    for talk_id, contact, is_new in announced.contacts:
        subject = subjects.get(talk_id) if talk_id else None
        if is_new:
            yield Event(WebhookEvent.CONTACT_CREATED, subject, None, contact)
        if subject:
            yield Event(WebhookEvent.CONTACT_ASSOCIATED, subject, None, contact)
    for talk, is_given in announced.consents:
        kind = WebhookEvent.CONSENT_GIVEN if is_given else WebhookEvent.CONSENT_WITHDRAWN
        yield Event(kind, subjects.get(talk))


def describe(
    event: WebhookEvent,
    subject: Subject | None,
    message: SpokenMessage | None,
    contact: ContactView | None,
    consents: Sequence[StoredConsent] = (),
) -> dict[str, object] | None:
    """Say what an event is about; None: it is erased. The newest consent comes first."""
    talk = {"conversation": describe_conversation(subject)} if subject else {}
    match event:
        case WebhookEvent.CONVERSATION_CREATED:
            return {**talk} if talk else None
        case WebhookEvent.MESSAGE_CREATED | WebhookEvent.VISITOR_ASKED:
            return {**talk, "message": describe_message(message)} if message else None
        case WebhookEvent.CONTACT_CREATED | WebhookEvent.CONTACT_ASSOCIATED:
            return {**talk, "contact": describe_contact(contact)} if contact else None
        case WebhookEvent.CONSENT_GIVEN | WebhookEvent.CONSENT_WITHDRAWN:
            return {**talk, "consent": describe_consent(consents[0])} if consents else None


def write_event(event: str, at: datetime, data: dict[str, object]) -> bytes:
    """Write an event as it goes over the wire; `at` is when it happened."""
    told = {"type": event, "timestamp": _moment(at), "data": data}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def describe_conversation(subject: Subject) -> dict[str, object]:
    """Say which conversation it is, in the API's words."""
    return {
        "id": subject.id,
        "channel": subject.place.channel,
        "account": subject.place.account,
        "status": subject.status,
        "visitor": {
            "id": subject.visitor_id,
            "name": visitor_name(subject.place, subject.first_name, subject.last_name),
            "unknown": subject.is_unknown,
            "external_id": subject.place.external_id,
        },
        "created_at": _moment(subject.created_at),
    }


def describe_message(message: SpokenMessage) -> dict[str, object]:
    """Say what was said, in the API's words."""
    return {
        "seq": message.seq,
        "direction": "incoming" if message.author is Author.VISITOR else "outgoing",
        "author": message.author,
        "name": message.name,
        "kind": message.kind,
        "text": message.text,
        "at": _moment(message.at),
    }


def describe_contact(contact: ContactView) -> dict[str, object]:
    """Say who it is, in the API's words."""
    return {
        "id": contact.id,
        "email": contact.email,
        "first_name": contact.first_name,
        "last_name": contact.last_name,
        "source": contact.source,
        "created_at": _moment(contact.created_at),
    }


def describe_consent(consent: StoredConsent) -> dict[str, object]:
    """Say what was agreed to, in the API's words."""
    ended = consent.withdrawn_at
    return {
        "text": consent.text,
        "language": consent.language,
        "channel": consent.channel,
        "given_at": _moment(consent.given_at),
        "withdrawn_at": _moment(ended) if ended else None,
    }


def _moment(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
