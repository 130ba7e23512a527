"""Domains of addresses: whether mail can arrive there, and whether they are throw-away."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.mail.mail_servers import MailServerLookup
from bot.mail.throw_away import is_throw_away
from bot.outbox.contract import Ended, Job, Outcome
from bot.outbox.handlers.finding import FindingHandler
from bot.outbox.holding import Held
from bot.outbox.retrying import Retry
from bot.ports.errors import SendError
from bot.storage.contacts.email_domains import EmailDomain, keep_domains
from bot.storage.outbox.held import HeldRow
from bot.storage.outbox.rows import OutboxState, Work

NO_DOMAIN = "It names no domain."
_PAUSES = tuple(timedelta(seconds=seconds) for seconds in (30, 600, 10_800))


@dataclass(frozen=True, eq=False)
class EmailDomainHandler(FindingHandler[str]):
    """Looks domains up; nothing is refused for what is found."""

    lookup: MailServerLookup | None
    """None: DNS is not asked."""

    kinds = (Work.LOOK_UP_DOMAIN,)
    retry = Retry(_PAUSES, most=len(_PAUSES))
    way = None

    def consider(self, rows: Sequence[HeldRow], held: Held) -> Iterator[Job[str]]:
        """Look up what names a domain."""
        for row in rows:
            domain = _domain_of(row)
            if domain is None:
                held.end(row, OutboxState.CANCELLED, NO_DOMAIN)
            elif held.may_leave(row):
                yield Job(row, domain)

    def attempt(self, job: Job[str]) -> EmailDomain:
        """Ask DNS."""
        takes_mail = self.lookup.takes_mail(job.what) if self.lookup else None
        return EmailDomain(job.what, takes_mail, is_throw_away(job.what))

    def settle_all(self, ended: Sequence[Ended[str]], held: Held) -> None:
        """Keep what was found out."""
        super().settle_all(ended, held)
        found = [each for row, outcome, _ in ended if (each := _finding(row, outcome))]
        if found:
            keep_domains(held.connection, found, held.now)


def _domain_of(row: HeldRow) -> str | None:
    match row.payload:
        case {"domain": str(domain)}:
            return domain
        case _:
            return None


def _finding(row: HeldRow, outcome: Outcome) -> EmailDomain | None:
    domain = _domain_of(row)
    match outcome:
        case EmailDomain():
            return outcome
        case SendError() if row.settled_at and domain:
            return EmailDomain(domain, None, is_throw_away(domain))
        case _:
            return None
