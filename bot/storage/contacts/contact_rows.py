"""Contacts and the claims that lead to them, as rows."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.core.model import Assurance, ContactId, Source
from bot.storage.conversations.search_lines import contact_line
from bot.storage.database import bulk
from bot.storage.database.bulk import Insertion, Row
from bot.storage.tables import time_text
from bot.storage.visitors.visitor_states import VisitorState


@dataclass(frozen=True, slots=True)
class NewClaim:
    """An address that a visitor is said to have; names count only if the contact is new."""

    thread: VisitorState
    email: str
    key: str
    lookalike: bool
    source: Source
    at: datetime
    assurance: Assurance = Assurance.CLAIMED
    actor: str = "visitor"
    first_name: str | None = None
    last_name: str | None = None
    only_if_new: bool = False
    """Nothing is to be written if somebody has the address already."""

    def deed(self, created: Collection[str]) -> str:
        """Say for the audit what this did; `created` are the keys of the new contacts."""
        if self.key in created:
            return "contact.created"
        is_proof = self.assurance is Assurance.VERIFIED
        return "address.proved" if is_proof else "contact.associated"


class KeyTakenError(Exception):
    """Another contact has this email."""


CONTACT_COLUMNS = (
    "id",
    "email",
    "email_key",
    "lookalike",
    "first_name",
    "last_name",
    "source",
    "created_at",
    "updated_at",
    "search_line",
)
CLAIM_COLUMNS = ("visitor_id", "contact_id", "email", "assurance", "source", "at")


@dataclass(frozen=True, slots=True)
class Contacts:
    """The contacts that claimed addresses led to."""

    by_key: dict[str, ContactId]
    created: frozenset[str]
    """The keys whose contacts did not exist before."""


def save_contacts(connection: sa.Connection, claims: list[NewClaim]) -> Contacts:
    """Create the contacts that are missing; the unique key decides every race.

    What was merged into another contact keeps its key: who has it now, is found. Raises
    KeyTakenError for one that must be new and is not.
    """
    wanted = {claim.key: claim for claim in reversed(claims)}
    keys = sorted(wanted)
    ids = dict(
        zip(keys, bulk.allocate(connection, {"contacts": len(keys)})["contacts"], strict=True)
    )
    with bulk.together(connection):
        new = [_contact_row(wanted[key], ids[key]) for key in keys]
        conflict = "ON CONFLICT (email_key) DO NOTHING"
        bulk.insert_later(connection, Insertion("contacts", CONTACT_COLUMNS, new, conflict))
        rows = bulk.query_later(
            connection,
            "SELECT email_key, coalesce(merged_into_id, id) FROM contacts WHERE email_key IN "
            + bulk.members(connection, "contacts", ("email_key",))
            + _held(connection),
            bulk.member_parameter([(key,) for key in keys]),
        )
    found = {row[0]: ContactId(row[1]) for row in rows()}
    created = frozenset(key for key in keys if found.get(key) == ids[key])
    if any(claim.only_if_new and claim.key not in created for claim in claims):
        raise KeyTakenError
    return Contacts(found, created)


def _held(connection: sa.Connection) -> str:
    # a merging that is under way must come to its end first, and the next one wait for ours
    return " FOR KEY SHARE" if connection.dialect.name == "postgresql" else ""


def claim_row(claim: NewClaim, contact: ContactId) -> Row:
    """Lay a claim out in the order of CLAIM_COLUMNS."""
    visitor = claim.thread.visitor_id
    return (
        visitor,
        contact,
        claim.email,
        claim.assurance,
        claim.source,
        time_text(claim.at),
    )


def _contact_row(claim: NewClaim, id: int) -> Row:
    source = Source.CAPTURE if claim.source is Source.PROFILE else claim.source
    at = time_text(claim.at)
    return (
        id,
        claim.email,
        claim.key,
        claim.lookalike,
        claim.first_name,
        claim.last_name,
        source,
        at,
        at,
        contact_line(claim.email, claim.first_name, claim.last_name),
    )
