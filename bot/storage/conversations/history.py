"""The history of a conversation from its audit entries."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from bot.core.model import ConversationId
from bot.storage.tables import audit

_SHOWN = (
    "conversation.closed",
    "conversation.reopened",
    "conversation.assigned",
    "capture.requested",
    "contact.created",
    "contact.associated",
    "address.proved",
    "answer.taken",
    "contact.removed",
    "consent.given",
    "consent.withdrawn",
    "automatic.stopped",
)


@dataclass(frozen=True, slots=True)
class Deed:
    """An audit entry of a conversation."""

    id: int
    actor: str
    action: str
    at: datetime
    detail: Mapping[str, object] = field(default_factory=dict)


def list_deeds(
    connection: sa.Connection, id: ConversationId, since: datetime | None, limit: int
) -> list[Deed]:
    """List what was done since a moment, the oldest first; if too much, the latest of it."""
    query = sa.select(audit).where(audit.c.conversation_id == id, audit.c.action.in_(_SHOWN))
    if since:
        query = query.where(audit.c.at >= since)
    rows = connection.execute(query.order_by(audit.c.id.desc()).limit(limit)).all()
    return [Deed(row.id, row.actor, row.action, row.at, row.detail or {}) for row in reversed(rows)]


def find_last_change(connection: sa.Connection, id: ConversationId) -> Deed | None:
    """Say what last made a conversation's version another one."""
    changes = tuple(action for action in _SHOWN if action.startswith("conversation."))
    query = (
        sa.select(audit)
        .where(audit.c.conversation_id == id, audit.c.action.in_(changes))
        .order_by(audit.c.id.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return Deed(row.id, row.actor, row.action, row.at, row.detail or {}) if row else None
