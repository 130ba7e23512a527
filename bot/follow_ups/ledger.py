"""Writes down how the sending of a mail ended; only who still holds the lease may."""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

import sqlalchemy as sa

from bot.follow_ups.claims import MailClaim
from bot.follow_ups.notes import tell_team
from bot.hints import Hint
from bot.ports import Cause, OutcomeUnknownError, Receipt, SendError, Trouble, UndeliverableError
from bot.storage.mails import Silence, email_hash, forget_mail, suppress
from bot.storage.message_rows import Delivery
from bot.storage.messages import set_delivery
from bot.storage.outbox import Hold, find_visitors, lock_rows, postpone, settle
from bot.storage.outbox_mails import find_lost_mails
from bot.storage.outbox_rows import OutboxState
from bot.storage.threads import Thread, lock_visitors

Outcome: TypeAlias = Receipt | SendError | UndeliverableError | OutcomeUnknownError
UNCONFIRMED = "It was handed over, but no confirmation came back."
NOT_DELIVERED = (
    "Our mail to {email} could not be delivered: there is no such address. No more will be sent."
)
_MOST_ATTEMPTS = 30
_FIRST_PAUSE = timedelta(seconds=5)
_LONGEST_PAUSE = timedelta(minutes=30)
_DOUBLINGS = 9  # then the pause is the longest
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
        match outcome:
            case Receipt():
                self._end(OutboxState.SENT, Delivery.SENT, None)
            case OutcomeUnknownError(reason=reason):
                self._end(OutboxState.UNKNOWN, Delivery.UNCERTAIN, reason)
            case UndeliverableError() as error:
                self._refused(error)
            case SendError() as error if self.claim.attempts >= _MOST_ATTEMPTS:
                forget_mail(self.connection, self.claim.letter.key)
                self._end(OutboxState.DEAD, Delivery.FAILED, error.reason)
            case SendError() as error:
                self._again(error)

    def _again(self, error: SendError) -> None:
        pause = min(_FIRST_PAUSE * (1 << min(self.claim.attempts, _DOUBLINGS)), _LONGEST_PAUSE)
        due_at = self.now + (error.retry_after or pause)
        forget_mail(self.connection, self.claim.letter.key)
        counts = error.trouble is None or error.trouble is Trouble.UNREACHABLE
        postpone(self.connection, self.claim.hold, due_at, error.reason, counts=counts)
        self._log("mail waits", error.reason)

    def _refused(self, error: UndeliverableError) -> None:
        letter = self.claim.letter
        forget_mail(self.connection, letter.key)
        if not self._end(OutboxState.DEAD, Delivery.FAILED, error.reason):
            return
        if error.cause is Cause.RECIPIENT_GONE and self.thread:
            suppress(self.connection, email_hash(letter.email_key), Silence.BOUNCED, self.now)
            words = NOT_DELIVERED.format(email=letter.to)
            self.hints += tell_team(self.connection, self.thread, words, self.now)

    def _end(self, state: OutboxState, delivery: Delivery, reason: str | None) -> bool:
        if not settle(self.connection, self.claim.hold, state, self.now, reason):
            return False
        message_id = self.claim.hold.message_id
        if self.claim.by_hand and message_id:
            set_delivery(self.connection, message_id, delivery, self.now, reason)
        self._log(f"mail {state}", reason)
        return True

    def _log(self, what: str, reason: str | None) -> None:
        claim = self.claim
        told = {"outbox_id": claim.hold.id, "conversation": claim.conversation_id, "why": reason}
        _log.info(what, extra=told)


def settle_lost(connection: sa.Connection, now: datetime) -> None:
    """Let go of mails that a dead worker held: nobody knows whether they have left."""
    ids = find_lost_mails(connection, now, _LOST_AT_ONCE)
    if not ids:
        return
    lock_visitors(connection, find_visitors(connection, ids))
    for row in lock_rows(connection, ids):
        if row.state is not OutboxState.SENDING:
            continue
        hold = Hold(row.id, row.lease)
        if settle(connection, hold, OutboxState.UNKNOWN, now, UNCONFIRMED):
            if row.message_id and (row.payload or {}).get("by_hand"):
                set_delivery(connection, row.message_id, Delivery.UNCERTAIN, now, UNCONFIRMED)
            told = {"outbox_id": row.id, "conversation": row.conversation_id, "why": UNCONFIRMED}
            _log.warning("mail unknown", extra=told)
