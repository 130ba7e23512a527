"""Rows of the outbox for tests that need some."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.storage.outbox.rows import OutboxRow, Work
from bot.storage.visitors.batch import Batch


def order(  # noqa: PLR0913 - a default for each field
    connection: sa.Connection,
    kind: Work,
    key: str,
    now: datetime,
    *,
    due_at: datetime | None = None,
    payload: dict[str, Any] | None = None,
    target: str = "",
) -> None:
    """Write a row about nothing that is stored."""
    batch = Batch(connection, now)
    row = OutboxRow(kind, None, due_at or now, now, payload=payload, key=key)
    batch.add_order(row._replace(target=(kind, target)))
    batch.save()
