"""Everything that is kept about a person, read as of one moment."""

from dataclasses import dataclass

import sqlalchemy as sa

from bot.core.model import ContactId, ConversationId
from bot.desk.errors import NotFoundError
from bot.desk.types import Shown
from bot.storage.contacts.consents import StoredConsent, list_consents
from bot.storage.contacts.contact_facts import Claim, list_claims, list_talks
from bot.storage.contacts.contacts import ContactView, find_contact
from bot.storage.conversations.conversations import ConversationView, find_conversation
from bot.storage.conversations.messages import Span, list_messages

_MOST = 1_000
"""Of addresses and conversations; nobody has so many."""
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class ExportedTalk:
    """A conversation with all its messages, the team's notes included."""

    conversation: ConversationView
    messages: list[Shown]


@dataclass(frozen=True, slots=True)
class PersonExport:
    """A contact with its addresses, consents and conversations."""

    contact: ContactView
    claims: list[Claim]
    consents: list[StoredConsent]
    talks: list[ExportedTalk]


def export_person(connection: sa.Connection, id: ContactId) -> PersonExport:
    """Read all of a contact, or of the one that it was merged into. Raises NotFoundError."""
    contact = find_contact(connection, id)
    if contact is None:
        raise NotFoundError
    talks = list_talks(connection, contact.id, _MOST)
    views = [find_conversation(connection, talk.id) for talk in talks]
    return PersonExport(
        contact,
        list_claims(connection, contact.id, _MOST),
        list_consents(connection, contact.id),
        [ExportedTalk(view, _read_all(connection, view.id)) for view in views if view],
    )


def _read_all(connection: sa.Connection, id: ConversationId) -> list[Shown]:
    shown = list[Shown]()
    while found := list_messages(connection, id, Span(_AT_ONCE, after_seq=len(shown))):
        if not found.messages:
            break
        shown += [Shown(message, None) for message in found.messages]
    return shown
