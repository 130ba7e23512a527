"""The mailbox: looked into every half minute for answers to our mails, by one worker at a time."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.follow_ups.answers import AnswerDesk, MailVerdict
from bot.mail.imap import Mailbox
from bot.mail.parser import MailParser
from bot.mail.ways import MAILBOX
from bot.outbox.contract import Handler, Job
from bot.outbox.holding import Held
from bot.outbox.retrying import Retry, doubling
from bot.storage.outbox.held import HeldRow
from bot.storage.outbox.rows import Work

EVERY = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(minutes=1)


@dataclass(frozen=True, eq=False)
class MailboxHandler(Handler[None]):
    """Takes in what is unread; a mail that was taken already is recognised by its key."""

    mailbox: Mailbox
    desk: AnswerDesk
    parser: MailParser

    kinds = (Work.READ_MAILBOX,)
    retry = Retry(doubling(timedelta(seconds=5), _LONGEST_PAUSE), every=EVERY)
    way = MAILBOX
    lease = timedelta(minutes=2)  # longer than a look may take
    breaks_for = _LONGEST_PAUSE

    def consider(self, rows: Sequence[HeldRow], held: Held) -> Iterator[Job[None]]:
        """Look, unless the mailbox refuses us."""
        yield from (Job(row, None) for row in rows if held.may_leave(row))

    def attempt(self, job: Job[None]) -> None:  # noqa: ARG002 - it is the same each time
        """Read what is unread, and count what belongs to no conversation."""
        verdicts: Counter[MailVerdict] = Counter()
        try:
            self.mailbox.collect(
                lambda raw: verdicts.update([self.desk.take(raw)]), self.desk.knows
            )
        finally:
            self.desk.count_dropped(verdicts[MailVerdict.UNKNOWN])

    def break_off(self) -> None:
        """Leave the mail that is being parsed unread: it comes again."""
        self.parser.stop()
