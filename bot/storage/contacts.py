"""Contacts as agents and programs read and write them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

from bot.core.model import ContactId, Source, VisitorId
from bot.storage import bulk
from bot.storage.contact_rows import CONTACT_COLUMNS
from bot.storage.cursors import read_cursor, write_cursor
from bot.storage.tables import contacts, time_text, visitors


@dataclass(frozen=True, slots=True)
class ContactView:
    """A person with an email."""

    id: ContactId
    email: str
    lookalike: bool
    first_name: str | None
    last_name: str | None
    source: Source
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ContactList:
    """Some contacts, the newest first, and where the list goes on."""

    contacts: list[ContactView]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class ContactsWanted:
    """Which contacts a list shows; what is None does not matter."""

    email_key: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class NewContact:
    """A contact to be written without a visitor."""

    email: str
    key: str
    lookalike: bool
    source: Source
    at: datetime
    first_name: str | None = None
    last_name: str | None = None


class KeyTakenError(Exception):
    """Another contact has this email."""


def find_contact(connection: sa.Connection, id: ContactId) -> ContactView | None:
    """Look a contact up by its id."""
    row = connection.execute(sa.select(contacts).where(contacts.c.id == id)).one_or_none()
    return contact_view(row) if row else None


def find_contact_by_key(connection: sa.Connection, key: str) -> ContactView | None:
    """Look a contact up by the key of its email."""
    row = connection.execute(sa.select(contacts).where(contacts.c.email_key == key)).one_or_none()
    return contact_view(row) if row else None


def list_contacts(
    connection: sa.Connection, wanted: ContactsWanted, cursor: str | None, limit: int
) -> ContactList:
    """List contacts, the newest first. Raises CursorError."""
    query = sa.select(contacts).order_by(contacts.c.id.desc()).limit(limit + 1)
    if wanted.email_key is not None:
        query = query.where(contacts.c.email_key == wanted.email_key)
    if wanted.text:
        query = query.where(holds_text(wanted.text))
    if cursor:
        query = query.where(contacts.c.id < read_cursor(cursor))
    found = [contact_view(row) for row in connection.execute(query)]
    more = len(found) > limit
    return ContactList(found[:limit], write_cursor(found[limit - 1].id) if more else None)


def holds_text(text: str) -> sa.ColumnElement[bool]:
    """Match contacts whose name or email holds this text as it is written, in any case."""
    name = sa.func.coalesce(contacts.c.first_name, "") + " "
    name += sa.func.coalesce(contacts.c.last_name, "")
    return sa.or_(
        contacts.c.email.icontains(text, autoescape=True), name.icontains(text, autoescape=True)
    )


def find_associated(connection: sa.Connection, id: ContactId) -> list[VisitorId]:
    """Say which visitors are associated with a contact."""
    query = sa.select(visitors.c.id).where(visitors.c.contact_id == id)
    return [VisitorId(row.id) for row in connection.execute(query)]


def add_contact(connection: sa.Connection, new: NewContact) -> ContactId | None:
    """Write a contact; None: another one has the email, and is left as it was."""
    new_id = ContactId(next(bulk.allocate(connection, {"contacts": 1})["contacts"]))
    at = time_text(new.at)
    names = (new.first_name, new.last_name)
    row = (new_id, new.email, new.key, new.lookalike, *names, new.source, at, at)
    conflict = "ON CONFLICT (email_key) DO NOTHING"
    written = bulk.insert(connection, "contacts", CONTACT_COLUMNS, [row], conflict)
    return new_id if written else None


def update_contact(
    connection: sa.Connection, id: ContactId, changes: dict[str, object], now: datetime
) -> None:
    """Set columns of a contact. Raises KeyTakenError, after which nothing else may be written."""
    statement = sa.update(contacts).where(contacts.c.id == id).values(**changes, updated_at=now)
    try:
        connection.execute(statement)
    except exc.IntegrityError as error:
        raise KeyTakenError from error


def contact_view(row: Any) -> ContactView:  # noqa: ANN401 - a row of any query with these columns
    """Read a contact from a row that has the table's own column names."""
    return ContactView(
        ContactId(row.id),
        row.email,
        row.lookalike,
        row.first_name,
        row.last_name,
        Source(row.source),
        row.created_at,
    )
