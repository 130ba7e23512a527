"""Orders the mailing of a reply, in the transaction that writes it."""

from datetime import timedelta

import sqlalchemy as sa

from bot.storage.conversations.owners import find_browsers, is_own_place
from bot.storage.outbox.held import HeldRow
from bot.storage.outbox.rows import OutboxRow, Work
from bot.storage.visitors.batch import Batch
from bot.storage.visitors.message_rows import NewMessage
from bot.storage.visitors.visitor_states import VisitorState
from config.rules import CaptureRules

PROOF_PATIENCE = timedelta(hours=1)
"""A mail that was asked for in the chat is of no use later."""
PATIENCE = timedelta(days=2)
"""How long a mail may be held up: after that an answer is no answer any more."""


def order_follow_up(batch: Batch, message: NewMessage, rules: CaptureRules) -> None:
    """Have a reply mailed if it is not seen in time, where the visitor may just be gone."""
    if rules.follow_up_delay is None:
        return
    if rules.for_channel(message.thread.place.channel).row_is_delivery:
        is_by_mail = is_read_by_mail(batch.connection, message.thread)
        due_at = batch.now if is_by_mail else batch.now + rules.follow_up_delay
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


def is_read_by_mail(connection: sa.Connection, thread: VisitorState) -> bool:
    """Say whether a conversation has an owner, and no browser that reads it."""
    talk, visitor_id = thread.conversation, thread.visitor_id
    if talk is None or not talk.proved_email or not is_own_place(thread.place):
        return False
    return visitor_id is not None and not find_browsers(connection, visitor_id)


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


def order_proof(batch: Batch, thread: VisitorState, proof: int) -> None:
    """Have the link and the code mailed that a browser asked for."""
    batch.add_order(
        OutboxRow(
            Work.FOLLOW_UP,
            thread,
            due_at=batch.now,
            created_at=batch.now,
            deadline=batch.now + PROOF_PATIENCE,
            payload={"proof": proof},
            key=f"proof:{proof}",
        )
    )


def proof_of(row: HeldRow) -> int | None:
    """Say which proof the mail is for; None: it is a reply."""
    proof = (row.payload or {}).get("proof")
    return proof if isinstance(proof, int) else None


def is_by_hand(row: HeldRow) -> bool:
    """Say whether an agent wanted the mail, so that the message waits for what becomes of it."""
    return isinstance(row.payload, dict) and bool(row.payload.get("by_hand"))
