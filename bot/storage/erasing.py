"""Takes everything of a person out of the tables, and keeps that it was done.

Whoever comes to be associated with a contact meanwhile is protected by its foreign key: the
transaction fails, is repeated, and finds them.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.core.model import ContactId, Place, VisitorId
from bot.storage.audits import CONTACT_CHANGED
from bot.storage.batch import RaceLostError
from bot.storage.buried import NOT_SIGHTED, Sighting, erase_letters, sight_letters
from bot.storage.contacts import find_associated, find_contact_by_key, lock_contacts
from bot.storage.known import remember_erased
from bot.storage.tables import audit, claims, contacts, conversations, messages, outbox, visitors
from bot.storage.threads import Thread, lock_places, lock_visitors


@dataclass(frozen=True, slots=True)
class Erasure:
    """On whose word a person is erased, and when."""

    actor: str
    at: datetime
    sighting: Sighting = NOT_SIGHTED
    """The dead letters in which the person was found before."""


@dataclass(frozen=True, slots=True)
class Erased:
    """How many rows of each kind are gone."""

    contacts: int
    visitors: int
    conversations: int
    messages: int
    orders: int
    """Of the outbox, whether they were still to be done or not."""
    dead_letters: int


def look_ahead(connection: sa.Connection, email_key: str) -> Sighting:
    """Read the dead letters for a contact's, so that erasing it need not; holds nothing."""
    contact = find_contact_by_key(connection, email_key)
    if contact is None:
        return NOT_SIGHTED
    emails = _find_emails(connection, [contact.id, *_find_taken_in(connection, [contact.id])])
    columns = (visitors.c.channel, visitors.c.account, visitors.c.external_id)
    chosen = visitors.c.id.in_(find_associated(connection, contact.id))
    places = {Place(*row) for row in connection.execute(sa.select(*columns).where(chosen))}
    return sight_letters(connection, emails, places, NOT_SIGHTED)


def look_ahead_for(connection: sa.Connection, places: Collection[Place]) -> Sighting:
    """Read the dead letters for who may have written from these places; holds nothing."""
    each = (
        sa.and_(
            visitors.c.channel == place.channel,
            visitors.c.account == place.account,
            visitors.c.external_id == place.external_id,
        )
        for place in places
    )
    found = connection.execute(sa.select(visitors.c.id).where(sa.or_(sa.false(), *each)))
    emails = _find_emails(connection, _find_contacts_of(connection, list(found.scalars())))
    return sight_letters(connection, emails, places, NOT_SIGHTED)


def erase_contact(connection: sa.Connection, email_key: str, erasure: Erasure) -> Erased | None:
    """Erase a contact with all its visitors and all that was merged into it.

    None: there is no such one. Raises RaceLostError if it is merged meanwhile.
    """
    contact = find_contact_by_key(connection, email_key)
    if contact is None:
        return None
    threads = lock_visitors(connection, find_associated(connection, contact.id))
    if not lock_contacts(connection, [contact.id]):
        raise RaceLostError
    ids = [contact.id, *_find_taken_in(connection, [contact.id])]
    return _erase(connection, _Person(list(threads.values()), [], ids), erasure)


def erase_places(connection: sa.Connection, places: Collection[Place], erasure: Erasure) -> Erased:
    """Erase the visitors of these places, and the contacts that came from nobody else."""
    threads = list(lock_places(connection, places).values())
    ids = [thread.visitor_id for thread in threads if thread.visitor_id]
    contacts_of = _find_contacts_of(connection, ids)
    return _erase(connection, _Person(threads, list(places), contacts_of), erasure)


def _find_contacts_of(connection: sa.Connection, ids: Sequence[VisitorId]) -> list[ContactId]:
    own = _find_own_contacts(connection, ids)
    taken_in = {*_find_taken_in(connection, own), *_find_own_addresses(connection, ids)}
    return [*own, *taken_in]


def _find_own_contacts(connection: sa.Connection, ids: Sequence[VisitorId]) -> list[ContactId]:
    """Find the contacts that came with these visitors, and that nobody else is said to be."""
    made = sa.exists().where(
        claims.c.contact_id == contacts.c.id,
        claims.c.visitor_id.in_(ids),
        claims.c.at == contacts.c.created_at,
    )
    claimed = sa.exists().where(
        claims.c.contact_id == contacts.c.id, claims.c.visitor_id.not_in(ids)
    )
    associated = sa.exists().where(
        visitors.c.contact_id == contacts.c.id, visitors.c.id.not_in(ids)
    )
    whole = contacts.c.merged_into_id.is_(None)
    query = sa.select(contacts.c.id).where(whole, made, ~claimed, ~associated)
    return [ContactId(row.id) for row in connection.execute(query.order_by(contacts.c.id))]


def _find_taken_in(connection: sa.Connection, ids: Sequence[ContactId]) -> list[ContactId]:
    query = sa.select(contacts.c.id).where(contacts.c.merged_into_id.in_(ids))
    return [ContactId(row.id) for row in connection.execute(query)]


def _find_own_addresses(connection: sa.Connection, ids: Sequence[VisitorId]) -> list[ContactId]:
    """Find what came with these visitors and went into a contact that is also somebody else."""
    here = sa.and_(
        claims.c.contact_id == contacts.c.merged_into_id, claims.c.email == contacts.c.email
    )
    own = claims.c.visitor_id.in_(ids)
    query = sa.select(contacts.c.id).where(
        contacts.c.merged_into_id.is_not(None),
        sa.exists().where(here, own, claims.c.at == contacts.c.created_at),
        ~sa.exists().where(here, ~own),
    )
    return [ContactId(row.id) for row in connection.execute(query)]


@dataclass(frozen=True, slots=True)
class _Person:
    threads: list[Thread]
    places: list[Place]
    """Where the person may have written besides."""
    contacts: list[ContactId]


def _erase(connection: sa.Connection, person: _Person, erasure: Erasure) -> Erased:
    ids = [thread.visitor_id for thread in person.threads]
    talks = [thread.conversation_id for thread in person.threads if thread.conversation_id]
    places = {*person.places, *(thread.place for thread in person.threads)}
    emails = _find_emails(connection, person.contacts)
    sighting = sight_letters(connection, emails, places, erasure.sighting)
    remember_erased(connection, places, erasure.at)
    orders = _delete(connection, outbox, outbox.c.visitor_id.in_(ids))
    said = sa.or_(claims.c.visitor_id.in_(ids), claims.c.contact_id.in_(person.contacts))
    _delete(connection, claims, said)
    erased = Erased(
        messages=_delete(connection, messages, messages.c.conversation_id.in_(talks)),
        conversations=_delete(connection, conversations, conversations.c.id.in_(talks)),
        visitors=_delete(connection, visitors, visitors.c.id.in_(ids)),
        contacts=_delete(connection, contacts, contacts.c.id.in_(person.contacts)),
        orders=orders,
        dead_letters=erase_letters(connection, sighting.ids, talks),
    )
    _strip_audit(connection, person.contacts)
    _keep_that(connection, erased, person.contacts, erasure)
    return erased


def _strip_audit(connection: sa.Connection, ids: Sequence[ContactId]) -> None:
    """Let the audit say that the contact was changed, no longer from what to what."""
    about = sa.and_(audit.c.contact_id.in_(ids), audit.c.action == CONTACT_CHANGED)
    connection.execute(sa.update(audit).where(about).values(detail=None))


def _find_emails(connection: sa.Connection, ids: Collection[ContactId]) -> set[str]:
    now = sa.select(contacts.c.email).where(contacts.c.id.in_(ids))
    ever = sa.select(claims.c.email).where(claims.c.contact_id.in_(ids))
    return {row.email for row in connection.execute(now.union(ever))}


def _delete(connection: sa.Connection, table: sa.Table, chosen: sa.ColumnElement[bool]) -> int:
    return connection.execute(sa.delete(table).where(chosen)).rowcount


def _keep_that(
    connection: sa.Connection, erased: Erased, ids: Sequence[ContactId], erasure: Erasure
) -> None:
    if not any(asdict(erased).values()):
        return
    rows = [
        {
            "at": erasure.at,
            "actor": erasure.actor,
            "action": "person.erased",
            "contact_id": contact_id,
            "detail": asdict(erased),
        }
        for contact_id in ids or (None,)
    ]
    connection.execute(sa.insert(audit), rows)
