"""Who changed what, where no visitor is in hand."""

from datetime import datetime

import sqlalchemy as sa

from bot.core.model import ContactId
from bot.storage.tables import audit


def add_contact_audit(
    connection: sa.Connection, actor: str, action: str, contact: ContactId, now: datetime
) -> None:
    """Keep who did what to a contact, in the transaction that did it."""
    connection.execute(
        sa.insert(audit).values(at=now, actor=actor, action=action, contact_id=contact)
    )
