"""Rows at which we fail before anything is attempted: put off, and dead when that lasts too long.

The fault may be ours for all rows, and mended in an hour; or stand in this one for ever.
"""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from bot.core.model import CaptureState
from bot.delivery.claims import DueRows
from bot.delivery.settlement import RETRY
from bot.storage.message_rows import Delivery
from bot.storage.outbox.due import hold_due
from bot.storage.outbox.rows import OutboxState, Work
from bot.storage.tables import conversations, messages, outbox

OUR_FAULT = "Something went wrong here before it could be sent."


def put_off(connection: sa.Connection, due: DueRows, now: datetime) -> None:
    """Let a row wait, unless it has done so too often; nothing of what stands in it is read."""
    [row_id] = due.ids
    if not hold_due(connection, [row_id], due.queue, now, 1):
        return
    columns = (outbox.c.kind, outbox.c.attempts, outbox.c.message_id, outbox.c.conversation_id)
    row = connection.execute(sa.select(*columns).where(outbox.c.id == row_id)).one()
    attempts = row.attempts + 1
    changes = {"attempts": attempts, "reason": OUR_FAULT}
    if not RETRY.is_spent(attempts):
        _change(connection, outbox, row_id, {**changes, "due_at": now + RETRY.pause(attempts)})
        return
    _change(connection, outbox, row_id, {**changes, "state": OutboxState.DEAD, "settled_at": now})
    failed = {"delivery": Delivery.FAILED, "delivery_error": OUR_FAULT, "delivery_at": now}
    _change(connection, messages, row.message_id, failed)
    if row.kind == Work.CAPTURE_PROMPT:
        skipped = {
            "capture_state": CaptureState.SKIPPED,
            "capture_reason": OUR_FAULT,
            "capture_due_at": None,
        }
        _change(connection, conversations, row.conversation_id, skipped)


def _change(
    connection: sa.Connection, table: sa.Table, id: int | None, changes: Mapping[str, object]
) -> None:
    connection.execute(sa.update(table).where(table.c.id == id).values(**changes))
