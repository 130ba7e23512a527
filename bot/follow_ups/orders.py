"""Orders the mailing of a reply, in the transaction that writes it."""

from datetime import timedelta

from bot.storage.batch import Batch
from bot.storage.message_rows import NewMessage
from bot.storage.outbox.held import HeldRow
from bot.storage.outbox.rows import OutboxRow, Work
from config.rules import CaptureRules

PATIENCE = timedelta(days=2)
"""How long a mail may be held up: after that an answer is no answer any more."""


def order_follow_up(batch: Batch, message: NewMessage, rules: CaptureRules) -> None:
    """Have a reply mailed if it is not seen in time, where the visitor may just be gone."""
    if rules.follow_up_delay is None:
        return
    if rules.for_channel(message.thread.place.channel).row_is_delivery:
        due_at = batch.now + rules.follow_up_delay
        batch.add_order(
            OutboxRow(
                Work.FOLLOW_UP,
                message.thread,
                due_at=due_at,
                created_at=batch.now,
                message=message,
                deadline=due_at + PATIENCE,
            )
        )


def order_mail(batch: Batch, message: NewMessage) -> None:
    """Have a reply mailed at once: it can reach the visitor on no other way."""
    batch.add_order(
        OutboxRow(
            Work.FOLLOW_UP,
            message.thread,
            due_at=batch.now,
            created_at=batch.now,
            message=message,
            deadline=batch.now + PATIENCE,
            payload={"by_hand": True},
        )
    )


def is_by_hand(row: HeldRow) -> bool:
    """Say whether an agent wanted the mail, so that the message waits for what becomes of it."""
    return bool((row.payload or {}).get("by_hand"))
