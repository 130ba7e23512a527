"""What programs are told: which events there are, and what each says."""

import json
from datetime import datetime
from enum import StrEnum

from bot.core.model import Author
from bot.core.names import visitor_name
from bot.storage.contacts import ContactView
from bot.storage.subjects import SpokenMessage, Subject


class WebhookEvent(StrEnum):
    """What a program may ask for."""

    CONVERSATION_CREATED = "conversation.created"
    MESSAGE_CREATED = "message.created"
    VISITOR_ASKED = "visitor.asked"
    CONTACT_CREATED = "contact.created"
    CONTACT_ASSOCIATED = "contact.associated"


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


def _moment(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
