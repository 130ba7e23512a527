"""The contacts, without regard to conversations."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.apply import apply
from bot.core.emails import Address, validate
from bot.core.events import ContactAssociated
from bot.core.model import ContactId
from bot.desk.errors import EmailTakenError, InvalidError, NotFoundError
from bot.desk.people import Actor, ContactChanges, Person
from bot.desk.words import check_name, check_search, read_email
from bot.storage.audits import add_contact_audit
from bot.storage.batch import Batch
from bot.storage.contacts import (
    ContactList,
    ContactsWanted,
    ContactView,
    KeyTakenError,
    NewContact,
    add_contact,
    find_associated,
    find_contact,
    find_contact_by_key,
    list_contacts,
    update_contact,
)
from bot.storage.cursors import CursorError
from bot.storage.engine import Database
from bot.storage.threads import lock_visitors
from bot.storage.transactions import read, retry_races
from config.rules import CaptureRules

_NOTHING = ContactList([], None)


@dataclass(frozen=True, slots=True)
class AddressBook:
    """What agents and programs do with contacts."""

    database: Database
    rules: Callable[[], CaptureRules]
    clock: Callable[[], datetime]

    def find(self, id: ContactId) -> ContactView:
        """Show a contact."""
        return read(self.database, lambda connection: _existing(connection, id))

    def list(
        self, email: str | None, text: str | None, cursor: str | None, limit: int
    ) -> ContactList:
        """List contacts, the newest first: the one with this email, or those that hold a text."""
        address = validate(email) if email else None
        if email and not isinstance(address, Address):
            return _NOTHING
        key = address.key if isinstance(address, Address) else None
        wanted = ContactsWanted(key, check_search("q", text))
        try:
            return read(self.database, lambda found: list_contacts(found, wanted, cursor, limit))
        except CursorError:
            msg = "cursor: none of ours."
            raise InvalidError(msg) from None

    def create(self, person: Person, actor: Actor) -> ContactView:
        """Write a contact; who has the email already is left as it is."""
        address = read_email(person.email)
        first_name = check_name("first_name", person.first_name)
        last_name = check_name("last_name", person.last_name)

        def write(connection: sa.Connection) -> ContactView:
            new = NewContact(
                address.email,
                address.key,
                address.lookalike,
                actor.source,
                self.clock(),
                first_name,
                last_name,
            )
            new_id = add_contact(connection, new)
            if new_id is None:
                raise _taken(connection, address)
            add_contact_audit(connection, actor.key, "contact.created", new_id, new.at)
            return _existing(connection, new_id)

        return retry_races(self.database, write)

    def change(self, id: ContactId, changes: ContactChanges, actor: Actor) -> ContactView:
        """Change a contact; a new email counts for all its visitors."""
        address = read_email(changes["email"]) if "email" in changes else None
        columns: dict[str, object] = {
            field: check_name(field, changes[field])
            for field in ("first_name", "last_name")
            if field in changes
        }

        def write(connection: sa.Connection) -> ContactView:
            _existing(connection, id)
            now = self.clock()
            if address:
                self._tell_conversations(connection, id, address, actor)
                columns.update(
                    email=address.email, email_key=address.key, lookalike=address.lookalike
                )
            if columns:
                update_contact(connection, id, columns, now)
                add_contact_audit(connection, actor.key, "contact.changed", id, now)
            return _existing(connection, id)

        try:
            return retry_races(self.database, write)
        except KeyTakenError:
            if address is None:
                raise
            raise read(self.database, lambda found: _taken(found, address)) from None

    def _tell_conversations(
        self, connection: sa.Connection, id: ContactId, address: Address, actor: Actor
    ) -> None:
        batch = Batch(connection, self.clock())
        event = ContactAssociated(address.email, batch.now, actor.source)
        for thread in lock_visitors(connection, find_associated(connection, id)).values():
            if thread.conversation and thread.conversation.email != address.email:
                apply(batch, thread, event, self.rules())
        batch.save()


def _existing(connection: sa.Connection, id: ContactId) -> ContactView:
    contact = find_contact(connection, id)
    if contact is None:
        raise NotFoundError
    return contact


def _taken(connection: sa.Connection, address: Address) -> Exception:
    contact = find_contact_by_key(connection, address.key)
    return EmailTakenError(contact) if contact else NotFoundError()
