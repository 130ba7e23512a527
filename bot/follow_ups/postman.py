"""Sends the mails that are due, one after the other, in a thread of a worker's own."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.failpoints import failpoint
from bot.follow_ups.claims import MAILS, Claimed, MailClaim, claim_mail
from bot.follow_ups.ledger import MailLedger, Outcome, settle_lost
from bot.follow_ups.letter import Stationery
from bot.hints import Hint
from bot.mail.smtp import CHANNEL, SERVER, Mailer
from bot.outbox.gates import PROBE_LASTS, Heard, after_success, after_trouble
from bot.ports import (
    Doorbell,
    OutcomeUnknownError,
    SendError,
    Trouble,
    UnavailableError,
    UndeliverableError,
)
from bot.storage.engine import Database
from bot.storage.outbox.accounts import AccountState, lock_account, restart_accounts, save_account
from bot.storage.outbox.due import find_due, find_left_behind
from bot.storage.threads import lock_conversations
from bot.storage.transactions import read, retry_races
from config.rules import CaptureRules

BEAT = timedelta(seconds=1)
_PAUSES = (0.1, 0.5, 1, 2, 5, 5, 5)  # seconds: more would be too late for the leases
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Postman:
    """Sends what is due: any number of them may be on their way."""

    database: Database
    rules: Callable[[], CaptureRules]
    stationery: Stationery
    mailer: Mailer
    doorbell: Doorbell
    clock: Callable[[], datetime]

    def run(self, stopping: threading.Event) -> None:
        """Work until told to stop, whatever happens meanwhile."""
        has_started = False
        while not stopping.is_set():
            try:
                if not has_started:
                    self.start()
                    has_started = True
                self.work(stopping)
            except UnavailableError:  # the log has it already
                pass
            except Exception:  # noqa: BLE001 - the others must still be sent
                _log.exception("a mail failed by a fault of our own")
            stopping.wait(BEAT.total_seconds())

    def start(self) -> None:
        """Let a server that was stopped begin again if its credentials are others now."""
        fingerprints = {(CHANNEL, SERVER): self.mailer.fingerprint}
        retry_races(
            self.database, lambda found: restart_accounts(found, fingerprints, self.clock())
        )

    def work(self, stopping: threading.Event | None = None) -> int:
        """Send until nothing is due; returns how many mails were tried."""
        done = 0
        self._settle_lost()
        while not (stopping and stopping.is_set()):
            claimed = self._claim()
            if claimed.claim:
                self._deal_with(claimed.claim)
                done += 1
            elif not claimed.found:
                break
        return done

    def _claim(self) -> Claimed:
        # look before asking for the right to write: nothing due must cost next to nothing
        if not read(self.database, lambda c: find_due(c, MAILS, self.clock(), 1)):
            return Claimed()
        claimed = retry_races(self.database, lambda c: claim_mail(c, self.rules(), self.clock()))
        failpoint("mail.after_claim")
        self.doorbell.hint(*claimed.hints)
        return claimed

    def _deal_with(self, claim: MailClaim) -> None:
        failpoint("mail.before_send")
        outcome = self._attempt(claim)
        failpoint("mail.after_send")
        hints = self._insist(lambda connection: self._settle(connection, claim, outcome))
        failpoint("mail.after_settle")
        self.doorbell.hint(*hints)

    def _attempt(self, claim: MailClaim) -> Outcome:
        try:
            return self.mailer.send(self.stationery.write(claim.letter))
        except (SendError, UndeliverableError, OutcomeUnknownError) as error:
            return error
        except Exception:  # noqa: BLE001 - a fault of our own must not stop the others
            _log.exception("mail failed by a fault of our own")
            return OutcomeUnknownError("Something went wrong here while it was being sent.")

    def _insist(self, write: Callable[[sa.Connection], list[Hint]]) -> list[Hint]:
        """Wait for a database that is away: what is known now would soon count as unknown."""
        for pause in _PAUSES:
            try:
                return retry_races(self.database, write)
            except UnavailableError:
                time.sleep(pause)
        return retry_races(self.database, write)

    def _settle(self, connection: sa.Connection, claim: MailClaim, outcome: Outcome) -> list[Hint]:
        talk, now = claim.conversation_id, self.clock()
        thread = lock_conversations(connection, [talk]).get(talk)
        ledger = MailLedger(connection, claim, thread, now)
        ledger.settle(outcome)
        self._settle_account(connection, outcome, now)
        return ledger.hints

    def _settle_account(self, connection: sa.Connection, outcome: Outcome, now: datetime) -> None:
        before = lock_account(connection, CHANNEL, SERVER, now)
        heard = Heard(self.mailer.fingerprint, PROBE_LASTS)
        match outcome:
            case SendError(trouble=Trouble()) as error:
                account = after_trouble(before, error, heard, now)
            case OutcomeUnknownError(reason=reason):
                error = SendError(reason, trouble=Trouble.UNREACHABLE)
                account = after_trouble(before, error, heard, now)
            case _:
                account = after_success(before, now)
        save_account(connection, account, now)
        if account.state is AccountState.STOPPED and before.state is not AccountState.STOPPED:
            _log.error("mails stopped", extra={"reason": account.reason})

    def _settle_lost(self) -> None:
        """Let go of what a dead worker held: it may have left, so it is not sent again."""
        if read(self.database, lambda found: find_left_behind(found, MAILS.kinds, self.clock(), 1)):
            hints = retry_races(self.database, lambda held: settle_lost(held, self.clock()))
            self.doorbell.hint(*hints)
