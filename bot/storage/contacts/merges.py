"""Two contacts that are one person, and what it takes to part them again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.core.model import ContactId, VisitorId
from bot.storage.contacts.contacts import ContactView, contact_view
from bot.storage.tables import claims, contact_merges, contacts, conversations, visitors


@dataclass(frozen=True, slots=True)
class Merge:
    """A merge of two contacts; the row of `gone` stays as it was."""

    id: int
    kept_id: ContactId
    gone: ContactView
    actor: str
    at: datetime
    moved: "Moved"


@dataclass(frozen=True, slots=True)
class Moved:
    """The merged contact's visitors and claims, by ids alone."""

    contact: ContactId
    visitors: list[VisitorId]
    claims: list[int]
    contacts: list[ContactId]
    """Those that had gone into it before."""
    filled: list[str]
    """The fields that the kept contact took over, having had none."""


def move_over(
    connection: sa.Connection, kept: ContactId, gone: ContactId
) -> tuple[list[int], list[ContactId]]:
    """Give claims and earlier merges of one contact to another; returns both, as ids."""
    said = connection.execute(
        sa.update(claims)
        .where(claims.c.contact_id == gone)
        .values(contact_id=kept)
        .returning(claims.c.id)
    )
    claim_ids = [int(row.id) for row in said]
    older = connection.execute(
        sa.update(contacts)
        .where(contacts.c.merged_into_id == gone)
        .values(merged_into_id=kept)
        .returning(contacts.c.id)
    )
    older_ids = [ContactId(row.id) for row in older]
    _point(connection, [gone], kept)
    return claim_ids, older_ids


def move_back(connection: sa.Connection, merge: Merge, visitors_back: Collection[int]) -> None:
    """Give the gone contact back what was its own, and what came to its address since."""
    gone = merge.gone
    own = sa.or_(
        claims.c.id.in_(merge.moved.claims),
        sa.and_(claims.c.visitor_id.in_(visitors_back), claims.c.email == gone.email),
    )
    connection.execute(
        sa.update(claims)
        .where(claims.c.contact_id == merge.kept_id, own)
        .values(contact_id=gone.id)
    )
    _point(connection, [gone.id], None)
    _point(connection, merge.moved.contacts, gone.id)


def add_merge(
    connection: sa.Connection, kept: ContactId, moved: Moved, actor: str, at: datetime
) -> int:
    """Keep what moved."""
    own = {
        "contact": moved.contact,
        "visitors": moved.visitors,
        "claims": moved.claims,
        "contacts": moved.contacts,
        "filled": moved.filled,
    }
    statement = sa.insert(contact_merges).values(kept_id=kept, gone=own, actor=actor, at=at)
    return int(connection.execute(statement.returning(contact_merges.c.id)).scalar_one())


def close_merge(connection: sa.Connection, id: int, at: datetime) -> None:
    """Keep that it was undone."""
    connection.execute(
        sa.update(contact_merges).where(contact_merges.c.id == id).values(undone_at=at)
    )


def find_merge(connection: sa.Connection, id: int) -> Merge | None:
    """Look up a merge that can be undone: not undone, its gone contact still there."""
    found = _read(connection, contact_merges.c.id == id)
    return found[0] if found else None


def list_merges(connection: sa.Connection, kept: ContactId) -> list[Merge]:
    """List what went into a contact, the last first."""
    return _read(connection, contact_merges.c.kept_id == kept)


def find_returning(connection: sa.Connection, merge: Merge) -> list[VisitorId]:
    """Find the visitors that are the gone contact's: moved with it, or known by its address."""
    query = (
        sa.select(visitors.c.id)
        .outerjoin(conversations, conversations.c.visitor_id == visitors.c.id)
        .where(
            visitors.c.contact_id == merge.kept_id,
            sa.or_(
                visitors.c.id.in_(merge.moved.visitors),
                conversations.c.email == merge.gone.email,
            ),
        )
        .order_by(visitors.c.id)
    )
    return [VisitorId(row.id) for row in connection.execute(query)]


def _read(connection: sa.Connection, chosen: sa.ColumnElement[bool]) -> list[Merge]:
    query = (
        sa.select(contact_merges)
        .where(chosen, contact_merges.c.undone_at.is_(None))
        .order_by(contact_merges.c.id.desc())
    )
    rows = connection.execute(query).all()
    gone = _find_gone(connection, [row.gone["contact"] for row in rows])
    return [
        Merge(
            int(row.id),
            ContactId(row.kept_id),
            gone[row.gone["contact"]],
            row.actor,
            row.at,
            Moved(**row.gone),
        )
        for row in rows
        if row.gone["contact"] in gone
    ]


def _find_gone(connection: sa.Connection, ids: Sequence[int]) -> dict[int, ContactView]:
    query = sa.select(contacts).where(
        contacts.c.id.in_(ids), contacts.c.merged_into_id.is_not(None)
    )
    return {row.id: contact_view(row) for row in connection.execute(query)}


def _point(connection: sa.Connection, ids: Collection[int], to: ContactId | None) -> None:
    connection.execute(sa.update(contacts).where(contacts.c.id.in_(ids)).values(merged_into_id=to))
