"""Looks into the mailbox every half minute; of all workers one at a time."""

import logging
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.follow_ups.answers import AnswerDesk, Verdict
from bot.mail.imap import Mailbox
from bot.mail.smtp import CHANNEL
from bot.ports import SendError, Trouble, UnavailableError
from bot.storage.engine import Database
from bot.storage.outbox.accounts import Account, AccountState, lock_account, save_account
from bot.storage.transactions import retry_races

MAILBOX = "imap"
EVERY = timedelta(seconds=30)
_LEASE = timedelta(minutes=2)  # longer than a round may take
_BEAT = timedelta(seconds=5)
_PAUSE = timedelta(minutes=1)
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class MailReader:
    """Goes round with what has come."""

    database: Database
    mailbox: Mailbox
    desk: AnswerDesk
    clock: Callable[[], datetime]
    _unfinished: datetime | None = field(default=None, init=False)
    """The end of a lease whose round the database broke off: it need not be waited for."""

    def run(self, stopping: threading.Event) -> None:
        """Work until told to stop, whatever happens meanwhile."""
        pause = longer = _BEAT
        while not stopping.is_set():
            try:
                self.work()
                pause = longer = _BEAT
            except UnavailableError:
                pause, longer = longer, min(2 * longer, EVERY)
            except Exception:  # noqa: BLE001 - the next round may do better
                _log.exception("mailbox could not be read by a fault of our own")
            stopping.wait(pause.total_seconds())

    def work(self) -> int | None:
        """Read what is unread if it is time to; returns how many mails there were."""
        lease = retry_races(self.database, self._begin)
        if lease is None:
            return None
        try:
            return self._look()
        except UnavailableError:
            self._unfinished = lease
            raise

    def _look(self) -> int | None:
        verdicts: Counter[Verdict] = Counter()
        try:
            count = self.mailbox.collect(
                lambda raw: verdicts.update([self.desk.take(raw)]), self.desk.knows
            )
        except SendError as error:
            trouble = error
            retry_races(self.database, lambda found: self._note(found, trouble))
            return None
        finally:
            self.desk.count_dropped(verdicts[Verdict.UNKNOWN])
        retry_races(self.database, self._finish)
        return count

    def _begin(self, connection: sa.Connection) -> datetime | None:
        account, now = self._account(connection), self.clock()
        is_stopped = account.state is AccountState.STOPPED
        if is_stopped and account.credential == self.mailbox.fingerprint:
            return None
        is_held = account.until is not None and now < account.until <= now + 2 * _LEASE
        if not is_stopped and is_held and account.until != self._unfinished:
            return None
        lease = now + _LEASE
        self._save(connection, account, account.state, lease)
        return lease

    def _finish(self, connection: sa.Connection) -> None:
        account = replace(self._account(connection), reason=None)
        self._save(connection, account, AccountState.OK, self.clock() + EVERY)

    def _note(self, connection: sa.Connection, error: SendError) -> None:
        before = self._account(connection)
        is_ours = error.trouble is Trouble.CREDENTIALS
        state = AccountState.STOPPED if is_ours else AccountState.PAUSED
        account = replace(before, reason=error.reason, credential=self.mailbox.fingerprint)
        until = None if is_ours else self.clock() + _PAUSE
        self._save(connection, account, state, until)
        if before.state is not state:
            _log.error("mailbox not read", extra={"reason": error.reason})

    def _account(self, connection: sa.Connection) -> Account:
        return lock_account(connection, CHANNEL, MAILBOX, self.clock())

    def _save(
        self,
        connection: sa.Connection,
        account: Account,
        state: AccountState,
        until: datetime | None,
    ) -> None:
        save_account(connection, replace(account, state=state, until=until), self.clock())
