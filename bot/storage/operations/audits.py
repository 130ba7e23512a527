"""Audit entries written without a visitor's lock."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.core.model import ContactId
from bot.storage.tables import audit

CONTACT_CHANGED = "contact.changed"
"""Its detail holds what was written before and after; erasing takes that away."""

CONTACT_MERGED, CONTACT_PARTED = "contact.merged", "contact.parted"
"""Both are kept with each of the two contacts."""


@dataclass(frozen=True, slots=True)
class ContactAct:
    """An audited act on a contact; None: on all contacts."""

    actor: str
    action: str
    contact: ContactId | None
    at: datetime
    detail: dict[str, object] | None = None


def add_contact_audit(connection: sa.Connection, act: ContactAct) -> None:
    """Keep who did what, in the transaction that did it."""
    entry = {
        "at": act.at,
        "actor": act.actor,
        "action": act.action,
        "contact_id": act.contact,
        "detail": act.detail,
    }
    connection.execute(sa.insert(audit).values(entry))


def add_audit(
    connection: sa.Connection,
    actor: str,
    action: str,
    at: datetime,
    detail: dict[str, object] | None = None,
) -> None:
    """Keep who did what to the system itself."""
    entry = {"at": at, "actor": actor, "action": action, "detail": detail}
    connection.execute(sa.insert(audit).values(entry))
