"""Finds all that is one person's: visitors, contacts and addresses, from any of them.

A person's visitors are those that are associated with its contacts, and those that once gave one
of its addresses themselves. Its contacts are all that only these visitors brought in.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

import sqlalchemy as sa

from bot.core.model import (
    OF_THE_TEAM,
    Assurance,
    ContactId,
    ConversationId,
    VisitorId,
    VisitorKey,
)
from bot.storage.tables import (
    browsers,
    claims,
    contacts,
    conversations,
    mail_sides,
    mails,
    proofs,
    reply_addresses,
    return_links,
    visitors,
)

_MOST_ROUNDS = 10


@dataclass(frozen=True, slots=True)
class StoredPerson:
    """Who is to be forgotten."""

    visitors: frozenset[VisitorId] = frozenset()
    contacts: frozenset[ContactId] = frozenset()

    @property
    def is_nobody(self) -> bool:
        """Say whether nothing was found."""
        return not self.visitors and not self.contacts


@dataclass(frozen=True, slots=True)
class LinkedVisitor:
    """A visitor that is not taken for the person, though it was linked with it."""

    id: VisitorId
    place: VisitorKey
    conversation_id: ConversationId | None


def find_whole(connection: sa.Connection, start: StoredPerson) -> StoredPerson:
    """Find all that belongs to a person of whom something is known."""
    found = start
    for _ in range(_MOST_ROUNDS):
        grown = _grow(connection, found)
        if grown == found:
            break
        found = grown
    return found


def find_beside(connection: sa.Connection, email_key: str) -> frozenset[VisitorId]:
    """Find the visitors that gave an address beside another one that they have proved."""
    here = conversations.c
    is_given = sa.and_(
        here.beside_email.is_not(None), sa.func.lower(here.beside_email) == email_key
    )
    asked = sa.select(proofs.c.conversation_id).where(sa.func.lower(proofs.c.email) == email_key)
    given = sa.select(here.visitor_id).where(is_given, here.gone_at.is_(None))
    once_given = sa.select(here.visitor_id).where(
        here.id.in_(asked), here.gone_at.is_(None), sa.func.lower(here.proved_email) != email_key
    )
    rows = connection.execute(given.union(once_given))
    return frozenset(VisitorId(row.visitor_id) for row in rows)


def forget_beside(connection: sa.Connection, ids: Collection[VisitorId], email_key: str) -> None:
    """Take an address that nobody has proved out of what these visitors' conversations keep."""
    here = conversations.c
    query = sa.select(here.id).where(here.visitor_id.in_(sorted(ids)))
    talks = connection.execute(query).scalars().all()
    is_it = sa.func.lower(here.beside_email) == email_key
    connection.execute(
        sa.update(conversations).where(here.id.in_(talks), is_it).values(beside_email=None)
    )
    for table, column in (
        (proofs, sa.func.lower(proofs.c.email)),
        (return_links, sa.func.lower(return_links.c.email)),
        (reply_addresses, reply_addresses.c.email_key),
        (mails, mails.c.email_key),
    ):
        chosen = sa.and_(table.c.conversation_id.in_(talks), column == email_key)
        connection.execute(sa.delete(table).where(chosen))


def find_linked(
    connection: sa.Connection, person: StoredPerson, beside: Collection[VisitorId] = ()
) -> list[LinkedVisitor]:
    """Find the visitors that once were linked with a person's contacts, and are not the person's.

    An agent linked and unlinked them, or they have proved another address since; or they answered
    mails that the person had sent to an address of theirs.
    """
    linked = sa.select(claims.c.visitor_id).where(claims.c.contact_id.in_(person.contacts))
    once = linked.union(_beside(person.visitors))
    query = (
        sa.select(
            *(visitors.c.id, visitors.c.channel, visitors.c.account, visitors.c.external_id),
            conversations.c.id.label("conversation_id"),
        )
        .outerjoin(conversations, conversations.c.visitor_id == visitors.c.id)
        .where(
            sa.or_(visitors.c.id.in_(once), visitors.c.id.in_(sorted(beside))),
            visitors.c.id.not_in(person.visitors),
        )
        .order_by(visitors.c.id)
    )
    return [
        LinkedVisitor(
            row.id, VisitorKey(row.channel, row.account, row.external_id), row.conversation_id
        )
        for row in connection.execute(query)
    ]


def _beside(ids: Collection[VisitorId]) -> sa.Select[tuple[int]]:
    """Choose the visitors that have a conversation by mail beside one of these visitors'."""
    sender = conversations.alias()
    return (
        sa.select(conversations.c.visitor_id)
        .join(mail_sides, mail_sides.c.conversation_id == conversations.c.id)
        .join(sender, sender.c.id == mail_sides.c.beside_id)
        .where(sender.c.visitor_id.in_(ids))
    )


def find_emails(connection: sa.Connection, person: StoredPerson) -> set[str]:
    """Name the addresses that a person has, had, or gave."""
    of_contacts = sa.select(contacts.c.email).where(contacts.c.id.in_(person.contacts))
    claimed = sa.select(claims.c.email).where(claims.c.contact_id.in_(person.contacts))
    both = of_contacts.union(claimed)
    return {row.email for row in connection.execute(both)}


def find_further_places(connection: sa.Connection, ids: Collection[VisitorId]) -> set[VisitorKey]:
    """Name the further browsers in which these visitors read."""
    here = browsers.c
    query = sa.select(here.channel, here.account, here.external_id)
    rows = connection.execute(query.where(here.visitor_id.in_(sorted(ids))))
    return {VisitorKey(*row) for row in rows}


def find_by_number(connection: sa.Connection, phone: str) -> set[VisitorId]:
    """Find the visitors that a channel knows by a phone number, written as `+` and digits."""
    digits = "".join(filter(str.isdigit, phone))
    written = visitors.c.external_id.in_([digits, f"+{digits}"])
    rows = connection.execute(sa.select(visitors.c.id).where(written, visitors.c.gone_at.is_(None)))
    return {VisitorId(row.id) for row in rows}


def find_there(connection: sa.Connection, ids: Iterable[int]) -> set[VisitorId]:
    """Say which of these visitors exist."""
    here = sa.and_(visitors.c.id.in_(sorted(set(ids))), visitors.c.gone_at.is_(None))
    return {VisitorId(row.id) for row in connection.execute(sa.select(visitors.c.id).where(here))}


def _grow(connection: sa.Connection, person: StoredPerson) -> StoredPerson:
    people = person.visitors | _find_visitors(connection, person.contacts)
    known = replace(person, visitors=people)
    return replace(
        known,
        contacts=known.contacts
        | _find_taken_in(connection, known.contacts)
        | _find_own_contacts(connection, people)
        | _find_own_addresses(connection, people),
    )


def _find_visitors(connection: sa.Connection, ids: Collection[ContactId]) -> frozenset[VisitorId]:
    gave = sa.exists().where(
        claims.c.visitor_id == visitors.c.id,
        claims.c.contact_id.in_(ids),
        claims.c.source.not_in(OF_THE_TEAM),
    )
    # who has proved to be somebody else may have mistyped an address once
    is_another = sa.and_(
        visitors.c.contact_id.not_in(ids), visitors.c.contact_assurance == Assurance.VERIFIED
    )
    associated = sa.select(visitors.c.id).where(visitors.c.contact_id.in_(ids))
    claimed = sa.select(visitors.c.id).where(
        visitors.c.id.in_(sa.select(claims.c.visitor_id).where(claims.c.contact_id.in_(ids))),
        gave,
        sa.or_(visitors.c.contact_id.is_(None), ~is_another),
    )
    rows = connection.execute(associated.union(claimed))
    return frozenset(VisitorId(row.id) for row in rows)


def _find_taken_in(connection: sa.Connection, ids: Collection[ContactId]) -> frozenset[ContactId]:
    query = sa.select(contacts.c.id).where(contacts.c.merged_into_id.in_(ids))
    return frozenset(ContactId(row.id) for row in connection.execute(query))


def _find_own_contacts(
    connection: sa.Connection, ids: Collection[VisitorId]
) -> frozenset[ContactId]:
    """Find the contacts that came with these visitors, and that nobody else is said to be."""
    brought = sa.select(claims.c.contact_id).where(claims.c.visitor_id.in_(ids))
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
    query = sa.select(contacts.c.id).where(
        contacts.c.id.in_(brought), whole, made, ~claimed, ~associated
    )
    return frozenset(ContactId(row.id) for row in connection.execute(query))


def _find_own_addresses(
    connection: sa.Connection, ids: Collection[VisitorId]
) -> frozenset[ContactId]:
    """Find what came with these visitors and went into a contact that is also somebody else."""
    here = sa.and_(
        claims.c.contact_id == contacts.c.merged_into_id, claims.c.email == contacts.c.email
    )
    own = claims.c.visitor_id.in_(ids)
    brought = sa.select(claims.c.contact_id).where(own)
    query = sa.select(contacts.c.id).where(
        contacts.c.merged_into_id.in_(brought),
        sa.exists().where(here, own, claims.c.at == contacts.c.created_at),
        ~sa.exists().where(here, ~own),
    )
    return frozenset(ContactId(row.id) for row in connection.execute(query))
