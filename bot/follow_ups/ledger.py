"""Writes down how the sending of a mail ended; only who still holds the lease may."""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

import sqlalchemy as sa

from bot.follow_ups.claims import MAILS, MailClaim
from bot.follow_ups.notes import look_again, tell_team
from bot.follow_ups.orders import is_by_hand
from bot.hints import Hint
from bot.outbox.retrying import Retry, doubling
from bot.ports import Cause, OutcomeUnknownError, Receipt, SendError, Trouble, UndeliverableError
from bot.storage.mails import forget_mail
from bot.storage.message_rows import Delivery
from bot.storage.outbox.due import find_left_behind, find_visitors
from bot.storage.outbox.held import HeldRow, hold_rows, save_rows
from bot.storage.outbox.rows import OutboxState
from bot.storage.suppressions import Reason, Signal, Silence, suppress
from bot.storage.threads import Thread, lock_visitors

Outcome: TypeAlias = Receipt | SendError | UndeliverableError | OutcomeUnknownError
UNCONFIRMED = "It was handed over, but no confirmation came back."
NOT_DELIVERED = (
    "Our mail to {email} could not be delivered: there is no such address. No more will be sent."
)
_RETRY = Retry(doubling(timedelta(seconds=5), timedelta(minutes=30)), most=30)
_REFUSED = Reason(Silence.BOUNCED, Signal.REFUSAL)
_LOST_AT_ONCE = 20
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class MailLedger:
    """Settles one mail."""

    connection: sa.Connection
    claim: MailClaim
    thread: Thread | None
    """Its conversation, held; None: erased meanwhile."""
    now: datetime
    hints: list[Hint] = field(default_factory=list)

    def settle(self, outcome: Outcome) -> None:
        """Write the outcome down."""
        claim, letter = self.claim, self.claim.letter
        if not isinstance(outcome, Receipt | OutcomeUnknownError):
            forget_mail(self.connection, letter.key)
        rows = [row for row in hold_rows(self.connection, [claim.id]) if self._is_ours(row)]
        for row in rows:
            self._settle(row, outcome)
            if row.way:
                self.hints += look_again(self.thread)
        save_rows(self.connection, rows)

    def _is_ours(self, row: HeldRow) -> bool:
        return row.state is OutboxState.SENDING and row.lease == self.claim.lease

    def _settle(self, row: HeldRow, outcome: Outcome) -> None:
        match outcome:
            case Receipt():
                self._end(row, OutboxState.SENT, Delivery.SENT, None)
            case OutcomeUnknownError(reason=reason):
                self._end(row, OutboxState.UNKNOWN, Delivery.UNCERTAIN, reason)
            case UndeliverableError() as error:
                self._refused(row, error)
            case SendError() as error if _RETRY.is_spent(row.attempts):
                self._end(row, OutboxState.DEAD, Delivery.FAILED, error.reason)
            case SendError() as error:
                self._again(row, error)

    def _again(self, row: HeldRow, error: SendError) -> None:
        due_at = self.now + (error.retry_after or _RETRY.pause(row.attempts))
        counts = error.trouble is None or error.trouble is Trouble.UNREACHABLE
        row.postpone(due_at, error.reason, counts=counts)
        self._log("mail waits", error.reason)

    def _refused(self, row: HeldRow, error: UndeliverableError) -> None:
        letter = self.claim.letter
        self._end(row, OutboxState.DEAD, Delivery.FAILED, error.reason)
        if error.cause is Cause.RECIPIENT_GONE and self.thread:
            suppress(self.connection, letter.email_key, _REFUSED, self.now, letter.to)
            words = NOT_DELIVERED.format(email=letter.to)
            self.hints += tell_team(self.connection, self.thread, words, self.now)

    def _end(
        self, row: HeldRow, state: OutboxState, delivery: Delivery, reason: str | None
    ) -> None:
        row.settle(state, self.now, reason)
        if is_by_hand(row):
            row.deliver(delivery, self.now, reason)
        self._log(f"mail {state}", reason)

    def _log(self, what: str, reason: str | None) -> None:
        claim = self.claim
        told = {"outbox_id": claim.id, "conversation": claim.conversation_id, "why": reason}
        _log.info(what, extra=told)


def settle_lost(connection: sa.Connection, now: datetime) -> list[Hint]:
    """Let go of mails that a dead worker held: nobody knows whether they have left."""
    ids = find_left_behind(connection, MAILS.kinds, now, _LOST_AT_ONCE)
    threads = lock_visitors(connection, find_visitors(connection, ids))
    hints: list[Hint] = []
    rows = [row for row in hold_rows(connection, ids) if row.state is OutboxState.SENDING]
    for row in rows:
        row.settle(OutboxState.UNKNOWN, now, UNCONFIRMED)
        if is_by_hand(row) and row.visitor_id:
            row.deliver(Delivery.UNCERTAIN, now, UNCONFIRMED)
            hints += look_again(threads.get(row.visitor_id))
        told = {"outbox_id": row.id, "conversation": row.conversation_id, "why": UNCONFIRMED}
        _log.warning("mail unknown", extra=told)
    save_rows(connection, rows)
    return hints
