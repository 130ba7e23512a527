"""Turns what the desk shows into what goes over the wire."""

from collections.abc import Iterable
from dataclasses import asdict

from bot.core.model import CaptureState
from bot.desk.acts import read_client_id
from bot.desk.person_export import ExportedTalk, PersonExport
from bot.desk.types import Shown, ShownMessages
from bot.storage.contacts.consents import StoredConsent
from bot.storage.contacts.contact_facts import Claim
from bot.storage.contacts.contacts import ContactList, ContactView
from bot.storage.conversations.conversations import ConversationList, ConversationView
from bot.web.api import shapes


def conversation(view: ConversationView) -> shapes.ConversationShape:
    """Write a conversation."""
    return shapes.ConversationShape.model_validate(
        {
            "id": view.id,
            "channel": view.place.channel,
            "account": view.place.account,
            "status": view.status.value,
            "visitor": {
                "id": view.visitor_id,
                "name": view.visitor_name,
                "unknown": view.contact is None,
                "guest": view.guest,
                "external_id": view.place.external_id,
            },
            "contact": contact(view.contact) if view.contact else None,
            "contact_assurance": view.contact_assurance,
            "capture": {
                "state": view.capture_state,
                "reason": _say_capture(view),
                "due_at": view.capture_due_at,
            },
            "assignee": view.assignee,
            "version": view.version,
            "last_seq": view.last_seq,
            "last_message_at": view.last_message_at,
            "waiting_since": view.waiting_since,
            "by_mail_of": view.by_mail_of,
        }
    )


def conversations(found: ConversationList) -> shapes.Conversations:
    """Write a list of conversations."""
    return shapes.Conversations(
        conversations=[conversation(view) for view in found.conversations],
        next_cursor=found.next_cursor,
    )


def contact(view: ContactView) -> shapes.Contact:
    """Write a contact."""
    return shapes.Contact.model_validate(
        {
            "id": view.id,
            "email": view.email,
            "first_name": view.first_name,
            "last_name": view.last_name,
            "source": view.source.value,
            "created_at": view.created_at,
        }
    )


def consents(found: Iterable[StoredConsent]) -> shapes.ConsentsShape:
    """Write what was agreed to."""
    return shapes.ConsentsShape(consents=[_consent(one) for one in found])


def _consent(given: StoredConsent) -> shapes.ConsentShape:
    return shapes.ConsentShape(
        text=given.text,
        language=given.language,
        channel=given.channel,
        given_at=given.given_at,
        withdrawn_at=given.withdrawn_at,
        conversation=given.conversation_id,
    )


def person(found: PersonExport) -> shapes.PersonExportShape:
    """Write everything about a person."""
    return shapes.PersonExportShape(
        contact=contact(found.contact),
        addresses=[_claim(one) for one in found.claims],
        consents=[_consent(one) for one in found.consents],
        conversations=[_talk(one) for one in found.talks],
    )


def _claim(given: Claim) -> shapes.ClaimShape:
    return shapes.ClaimShape(
        email=given.email,
        assurance=given.assurance.value,
        source=given.source,
        at=given.at,
        conversation=given.conversation_id,
    )


def _talk(found: ExportedTalk) -> shapes.ExportedConversation:
    view = found.conversation
    return shapes.ExportedConversation(
        conversation=conversation(view),
        messages=[message(view.id, one) for one in found.messages],
    )


def contacts(found: ContactList) -> shapes.ContactsShape:
    """Write a list of contacts."""
    return shapes.ContactsShape(
        contacts=[contact(view) for view in found.contacts], next_cursor=found.next_cursor
    )


def message(conversation_id: int, shown: Shown) -> shapes.Message:
    """Write a message; fields that say nothing about it are left out."""
    stored, progress = shown.message, shown.progress
    fields: dict[str, object] = {
        "seq": stored.seq,
        "direction": "outgoing" if stored.outgoing else "incoming",
        "author": stored.author.value,
        "name": stored.name,
        "kind": stored.kind,
        "text": stored.text,
        "attachments": [asdict(attachment) for attachment in stored.attachments],
        "at": stored.at,
    }
    if client_id := read_client_id(conversation_id, stored.client_key):
        fields["client_id"] = client_id
    if progress:
        fields["delivery"] = {"state": progress.state, "error": progress.error}
    if not stored.outgoing:
        fields["assurance"] = stored.assurance
    if stored.origin:
        fields["origin"] = stored.origin
    if stored.deleted:
        fields["deleted"] = True
    if stored.reaction and not stored.deleted:
        fields["reaction"] = stored.reaction
    if stored.quoted:
        fields["reply_to"] = stored.quoted.seq
    if stored.edited:
        fields["edited"] = True
    return shapes.Message.model_validate(fields)


def messages(conversation_id: int, found: ShownMessages) -> shapes.Messages:
    """Write a list of messages."""
    return shapes.Messages(
        messages=[message(conversation_id, shown) for shown in found.messages],
        last_seq=found.last_seq,
    )


def _say_capture(view: ConversationView) -> str:
    is_held_up = view.stop_reason and view.capture_state is CaptureState.SCHEDULED
    return f"{view.stop_reason} {view.capture_reason}" if is_held_up else view.capture_reason
