"""The contacts, without regard to conversations."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TextIO, TypeAlias, TypeVar

import sqlalchemy as sa

from bot.apply import apply
from bot.core.emails import Address, validate
from bot.core.events import ContactAssociated
from bot.core.model import ContactId
from bot.desk.errors import (
    ContactChangedError,
    EmailTakenError,
    InvalidError,
    MergedEmailError,
    NotFoundError,
    NotTheirEmailError,
)
from bot.desk.export import export_contacts
from bot.desk.merging import merge, part
from bot.desk.types import Actor, ContactChanges, Person
from bot.desk.validation import check_name, check_search, read_email
from bot.forgetting import Forgotten, forget
from bot.ports.doorbell import Doorbell
from bot.ports.signals import ChangeSignal
from bot.storage.contacts.contact_facts import count_talks, find_rooms
from bot.storage.contacts.contact_rows import KeyTakenError
from bot.storage.contacts.contacts import (
    ContactList,
    ContactsWanted,
    ContactView,
    NewContact,
    add_contact,
    find_associated,
    find_contact,
    find_contact_by_key,
    list_contacts,
    lock_contacts,
    update_contact,
)
from bot.storage.contacts.email_domains import order_lookup
from bot.storage.database.cursors import CursorError
from bot.storage.database.engine import Database
from bot.storage.database.transactions import read, retry_races
from bot.storage.forgetting.erasing import Begun, Erasure, erase_contact
from bot.storage.operations.audits import CONTACT_CHANGED, ContactAct, add_contact_audit
from bot.storage.outbox.announcements import Announcement, announce
from bot.storage.visitors.batch import Batch, RaceLostError
from bot.storage.visitors.visitor_states import lock_visitors
from config.rules import CaptureRules

Result = TypeVar("Result")
_Rooms: TypeAlias = list[ChangeSignal]
"""Where there is something new to see after it."""
_AT_ONCE = timedelta(seconds=2)
"""So long an erasure keeps the one who asked for it waiting; the clock does the rest."""
_NOTHING = ContactList([], None)


@dataclass(frozen=True, slots=True)
class Match:
    """A contact that was looked for, and in how many conversations it has been seen."""

    contact: ContactView
    talks: int


@dataclass(frozen=True, slots=True)
class AddressBook:
    """The address book: contacts as agents and programs change them."""

    database: Database
    rules: Callable[[], CaptureRules]
    doorbell: Doorbell
    clock: Callable[[], datetime]

    def find(self, id: ContactId) -> ContactView:
        """Show a contact."""
        return read(self.database, lambda connection: _existing(connection, id))

    def look_up(self, email: str) -> Match | None:
        """Find who has exactly this email; None: nobody, or it is no email yet."""
        address = validate(email)
        if not isinstance(address, Address):
            return None
        return read(self.database, lambda found: _match(found, address))

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
            add_contact_audit(connection, ContactAct(actor.key, "contact.created", new_id, new.at))
            order_lookup(connection, new.email, new.at)
            if self.rules().announces:
                announce(connection, Announcement(contacts=((None, new_id, True),)), new.at)
            return _existing(connection, new_id)

        return retry_races(self.database, write)

    def change(
        self,
        id: ContactId,
        changes: ContactChanges,
        actor: Actor,
        saw: datetime | None = None,
    ) -> ContactView:
        """Change a contact; a new email counts for all its visitors.

        Raises ContactChangedError if it is no longer as of `saw`.
        """
        columns, address = _read_changes(changes)

        def write(connection: sa.Connection) -> tuple[ContactView, _Rooms]:
            batch = Batch(connection, self.clock())
            whole = _existing(connection, id)
            if address:
                self._tell_conversations(batch, whole.id, address, actor)
            before = lock_contacts(connection, [whole.id]).get(whole.id)
            if before is None:
                raise RaceLostError
            if saw and before.updated_at != saw:
                raise ContactChangedError(before)
            _write_changes(batch, before, columns, actor)
            if address:
                order_lookup(connection, address.email, batch.now)
            return _existing(connection, whole.id), find_rooms(connection, whole.id)

        try:
            changed, rooms = retry_races(self.database, write)
        except KeyTakenError:
            if address is None:
                raise
            raise read(self.database, lambda found: _taken(found, address, id)) from None
        return self._tell((changed, rooms))

    def export(self, file: TextIO, actor: Actor) -> int:
        """Write all contacts as CSV, one state of them, and keep who took them along."""
        act = ContactAct(actor.key, "contacts.exported", None, self.clock())
        retry_races(self.database, lambda connection: add_contact_audit(connection, act))
        return export_contacts(self.database, file)

    def merge(self, kept: ContactId, gone: ContactId, actor: Actor) -> ContactView:
        """Make one contact of two; the gone one's email leads to the kept one from now on."""

        def write(connection: sa.Connection) -> tuple[ContactView, _Rooms]:
            merge(Batch(connection, self.clock()), kept, gone, actor)
            return _existing(connection, kept), find_rooms(connection, kept)

        return self._tell(retry_races(self.database, write))

    def part(self, merge_id: int, actor: Actor) -> ContactView:
        """Undo a merging; returns the contact that is back."""

        def write(connection: sa.Connection) -> tuple[ContactView, _Rooms]:
            batch = Batch(connection, self.clock())
            undone = part(batch, merge_id, actor, self.rules())
            rooms = find_rooms(connection, undone.gone.id)
            return _existing(connection, undone.gone.id), rooms

        return self._tell(retry_races(self.database, write))

    def erase(self, id: ContactId, typed_email: str, actor: Actor) -> Forgotten:
        """Erase a person for good, if the one who wants it has typed the person's email."""
        typed = validate(typed_email)
        if not isinstance(typed, Address):
            raise NotTheirEmailError
        erasure = Erasure(actor.key, self.clock())

        def write(connection: sa.Connection) -> Begun:
            contact = _existing(connection, id)
            if read_email(contact.email).key != typed.key:
                raise NotTheirEmailError
            begun = erase_contact(connection, typed.key, erasure)
            if begun is None:
                raise NotFoundError
            return begun

        begun = retry_races(self.database, write)
        return forget(self.database, begun, self.doorbell, _AT_ONCE)

    def _tell(self, done: tuple[Result, _Rooms]) -> Result:
        result, rooms = done
        self.doorbell.hint(*rooms)
        return result

    def _tell_conversations(
        self, batch: Batch, id: ContactId, address: Address, actor: Actor
    ) -> None:
        event = ContactAssociated(address.email, batch.now, actor.source)
        for thread in lock_visitors(
            batch.connection, find_associated(batch.connection, id)
        ).values():
            if thread.conversation and thread.conversation.email != address.email:
                apply(batch, thread, event, self.rules())
        batch.save()


def _read_changes(changes: ContactChanges) -> tuple[dict[str, object], Address | None]:
    columns: dict[str, object] = {
        field: check_name(field, changes[field])
        for field in ("first_name", "last_name")
        if field in changes
    }
    if "email" not in changes:
        return columns, None
    address = read_email(changes["email"])
    columns.update(email=address.email, email_key=address.key, lookalike=address.lookalike)
    return columns, address


def _write_changes(
    batch: Batch, before: ContactView, columns: dict[str, object], actor: Actor
) -> None:
    differences: dict[str, object] = {
        field: [getattr(before, field), columns[field]]
        for field in ("email", "first_name", "last_name")
        if field in columns and getattr(before, field) != columns[field]
    }
    if not differences:
        return
    update_contact(batch.connection, before.id, columns, batch.now)
    act = ContactAct(actor.key, CONTACT_CHANGED, before.id, batch.now, differences)
    add_contact_audit(batch.connection, act)


def _match(connection: sa.Connection, address: Address) -> Match | None:
    contact = find_contact_by_key(connection, address.key)
    return Match(contact, count_talks(connection, contact.id)) if contact else None


def _existing(connection: sa.Connection, id: ContactId) -> ContactView:
    contact = find_contact(connection, id)
    if contact is None:
        raise NotFoundError
    return contact


def _taken(
    connection: sa.Connection, address: Address, by_other_than: ContactId | None = None
) -> Exception:
    contact = find_contact_by_key(connection, address.key)
    if contact is None:
        return NotFoundError()
    return MergedEmailError() if contact.id == by_other_than else EmailTakenError(contact)
