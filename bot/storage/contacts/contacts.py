"""Contacts as agents and programs read and write them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

from bot.core.model import ContactId, Source, VisitorId
from bot.core.search_query import SearchQuery, read_query
from bot.storage.contacts.contact_rows import CONTACT_COLUMNS, KeyTakenError
from bot.storage.conversations.search_lines import contact_line, holds, write_contact_line
from bot.storage.database import bulk
from bot.storage.database.causes import is_key_taken
from bot.storage.database.cursors import read_cursor, write_cursor
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
    updated_at: datetime


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


_ASKED = contacts.alias("asked")
_IS_WHOLE = contacts.c.merged_into_id.is_(None)


def find_contact(connection: sa.Connection, id: ContactId) -> ContactView | None:
    """Look a contact up by its id, or the one that it was merged into."""
    return _find(connection, _ASKED.c.id == id)


def find_contacts(
    connection: sa.Connection, ids: Collection[ContactId]
) -> dict[ContactId, ContactView]:
    """Look contacts up by their ids, or those that they were merged into."""
    whole = contacts.c.id == sa.func.coalesce(_ASKED.c.merged_into_id, _ASKED.c.id)
    query = sa.select(contacts, _ASKED.c.id.label("asked_id")).join(_ASKED, whole)
    rows = connection.execute(query.where(_ASKED.c.id.in_(sorted(ids))))
    return {ContactId(row.asked_id): contact_view(row) for row in rows}


def find_contact_by_key(connection: sa.Connection, key: str) -> ContactView | None:
    """Look a contact up by the key of its email, or of one that was merged into it."""
    return _find(connection, _ASKED.c.email_key == key)


def list_contacts(
    connection: sa.Connection, wanted: ContactsWanted, cursor: str | None, limit: int
) -> ContactList:
    """List contacts, the newest first. Raises CursorError."""
    query = sa.select(contacts).where(_IS_WHOLE).order_by(contacts.c.id.desc()).limit(limit + 1)
    if wanted.email_key is not None:
        query = query.where(contacts.c.id == _whole(_ASKED.c.email_key == wanted.email_key))
    if wanted.text:
        text = read_query(wanted.text)
        query = query.where(sa.or_(holds(contacts.c.search_line, text), _took_in(text)))
    if cursor:
        query = query.where(contacts.c.id < read_cursor(cursor))
    found = [contact_view(row) for row in connection.execute(query)]
    more = len(found) > limit
    return ContactList(found[:limit], write_cursor(found[limit - 1].id) if more else None)


def lock_contacts(
    connection: sa.Connection, ids: Collection[ContactId]
) -> dict[ContactId, ContactView]:
    """Hold contacts to the end of the transaction: nobody comes to be one of them meanwhile.

    Those that were merged into others are left out. Lock visitors before.
    """
    query = sa.select(contacts).where(contacts.c.id.in_(ids)).order_by(contacts.c.id)
    rows = connection.execute(query.with_for_update())
    return {ContactId(row.id): contact_view(row) for row in rows if row.merged_into_id is None}


def find_associated(connection: sa.Connection, id: ContactId) -> list[VisitorId]:
    """Say which visitors are associated with a contact."""
    query = sa.select(visitors.c.id).where(visitors.c.contact_id == id)
    return [VisitorId(row.id) for row in connection.execute(query)]


def add_contact(connection: sa.Connection, new: NewContact) -> ContactId | None:
    """Write a contact; None: another one has the email, and is left as it was."""
    new_id = ContactId(next(bulk.allocate(connection, {"contacts": 1})["contacts"]))
    at = time_text(new.at)
    names = (new.first_name, new.last_name)
    line = contact_line(new.email, *names)
    row = (new_id, new.email, new.key, new.lookalike, *names, new.source, at, at, line)
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
        if not is_key_taken(error):
            raise
        raise KeyTakenError from error
    write_contact_line(connection, id)


def _find(connection: sa.Connection, asked: sa.ColumnElement[bool]) -> ContactView | None:
    query = sa.select(contacts).where(contacts.c.id == _whole(asked))
    row = connection.execute(query).one_or_none()
    return contact_view(row) if row else None


def _whole(asked: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    whole = sa.func.coalesce(_ASKED.c.merged_into_id, _ASKED.c.id)
    return sa.select(whole).where(asked).scalar_subquery()


def _took_in(text: SearchQuery) -> sa.ColumnElement[bool]:
    gone = sa.select(_ASKED.c.merged_into_id).where(
        _ASKED.c.merged_into_id.is_not(None), holds(_ASKED.c.search_line, text)
    )
    return contacts.c.id.in_(gone)


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
        row.updated_at,
    )
