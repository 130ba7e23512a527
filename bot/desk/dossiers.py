"""Dossiers of visitors and contacts: each fact with its source, read as of one moment."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from bot.core.model import ContactId, ConversationId
from bot.desk.errors import NotFoundError
from bot.desk.person_export import PersonExport, export_person
from bot.storage.contacts.consents import StoredConsent, list_consents, list_visitor_consents
from bot.storage.contacts.contact_facts import (
    Claim,
    ContactEntry,
    Talk,
    VisitorFacts,
    count_talks,
    find_last_claim,
    find_last_link,
    find_taken_in,
    find_visitor,
    list_claims,
    list_entries,
    list_talks,
)
from bot.storage.contacts.contacts import ContactView, find_contact
from bot.storage.contacts.email_domains import EmailDomain, find_domain
from bot.storage.contacts.merges import Merge, list_merges
from bot.storage.conversations.conversations import ConversationView, find_conversation
from bot.storage.database.engine import Database
from bot.storage.database.transactions import read
from bot.storage.visitors.visits import StoredVisit, find_visit

_A_FEW = 5
_MANY = 100


@dataclass(frozen=True, slots=True)
class VisitorDossier:
    """The visitor of a conversation with its known facts."""

    conversation: ConversationView
    visitor: VisitorFacts
    claim: Claim | None
    """Where the address came from by which the visitor is known."""
    link: ContactEntry | None
    """Who said that the visitor is the contact."""
    talks: list[Talk]
    """The last others of the contact…"""
    others: int
    """…and how many there are."""
    visit: StoredVisit | None = None
    """Where on a site the visitor is, on a channel that knows pages."""
    consents: Sequence[StoredConsent] = ()
    """What the visitor agreed to, the newest first."""
    domain: EmailDomain | None = None
    """What was found out about the domain of the contact's address."""


@dataclass(frozen=True, slots=True)
class ContactDossier:
    """A contact's dossier: every known fact with its source."""

    contact: ContactView
    claims: list[Claim]
    talks: list[Talk]
    talk_count: int
    history: list[ContactEntry]
    merges: list[Merge]
    consents: list[StoredConsent]
    domain: EmailDomain | None = None
    """What was found out about the domain of its address."""


@dataclass(frozen=True, slots=True)
class Dossiers:
    """Reads them; blocks, so the web calls it from threads."""

    database: Database

    def visitor(self, id: ConversationId) -> VisitorDossier:
        """Say who writes in a conversation."""
        return read(self.database, lambda connection: _visitor(connection, id))

    def consents(self, id: ContactId) -> list[StoredConsent]:
        """List what a contact's visitors agreed to."""
        return self.contact(id).consents

    def export(self, id: ContactId) -> PersonExport:
        """Read everything about a contact."""
        return read(self.database, lambda connection: export_person(connection, id))

    def contact(self, id: ContactId) -> ContactDossier:
        """Say all that is known of a contact, or of the one that it was merged into."""
        return read(self.database, lambda connection: _contact(connection, id))


def _visitor(connection: sa.Connection, id: ConversationId) -> VisitorDossier:
    view, visitor = find_conversation(connection, id), find_visitor(connection, id)
    if view is None or visitor is None:
        raise NotFoundError
    visit = find_visit(connection, id)
    agreed = list_visitor_consents(connection, visitor.id)
    if view.contact is None:
        return VisitorDossier(view, visitor, None, None, [], 0, visit, agreed)
    found = list_talks(connection, view.contact.id, _A_FEW + 1)
    return VisitorDossier(
        view,
        visitor,
        find_last_claim(connection, visitor.id),
        find_last_link(connection, id),
        [talk for talk in found if talk.id != id][:_A_FEW],
        count_talks(connection, view.contact.id) - 1,
        visit,
        agreed,
        find_domain(connection, view.contact.email),
    )


def _contact(connection: sa.Connection, id: ContactId) -> ContactDossier:
    contact = find_contact(connection, id)
    if contact is None:
        raise NotFoundError
    whole = [contact.id, *find_taken_in(connection, contact.id)]
    return ContactDossier(
        contact,
        list_claims(connection, contact.id, _MANY),
        list_talks(connection, contact.id, _MANY),
        count_talks(connection, contact.id),
        list_entries(connection, whole, _MANY),
        list_merges(connection, contact.id),
        list_consents(connection, contact.id),
        find_domain(connection, contact.email),
    )
