"""What DNS and a list say of the domains of addresses: whether they take mail, and are throw-away.

A domain is looked up when a contact gets an address there, and not again as long as the settled
row of the outbox is kept. Those of large providers, and those kept for documents, never are.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.core.domains import is_for_documents
from bot.core.providers import PROVIDERS
from bot.storage.database import bulk
from bot.storage.outbox.rows import ROW_CONFLICT, OutboxRow, Work
from bot.storage.tables import email_domains, outbox, time_text
from bot.storage.visitors.insertions import insert_orders, number_orders

_COLUMNS = ("domain", "takes_mail", "throw_away", "looked_up_at")
_CONFLICT = """
ON CONFLICT (domain) DO UPDATE SET takes_mail = excluded.takes_mail,
  throw_away = excluded.throw_away, looked_up_at = excluded.looked_up_at
"""


@dataclass(frozen=True, slots=True)
class EmailDomain:
    """The findings about one domain."""

    domain: str
    takes_mail: bool | None
    """None: DNS did not tell."""
    throw_away: bool


def domains_to_look_up(emails: Iterable[str]) -> list[str]:
    """Name the domains of addresses about which something may be found out, in order."""
    domains = {email.rpartition("@")[2] for email in emails}
    return sorted(each for each in domains - {*PROVIDERS} if not is_for_documents(each))


def lookup_order(domain: str, now: datetime) -> OutboxRow:
    """Have a domain looked up, unless that was done of late."""
    payload = {"domain": domain}
    return OutboxRow(Work.LOOK_UP_DOMAIN, None, now, now, key=_key(domain), payload=payload)


def order_lookup(connection: sa.Connection, email: str, now: datetime) -> None:
    """Have the domain of a contact's new address looked up."""
    orders = [lookup_order(domain, now) for domain in domains_to_look_up([email])]
    if orders:
        ids = bulk.allocate(connection, {"outbox": len(orders)})
        with bulk.together(connection):
            rows = insert_orders(number_orders(orders, ids), ROW_CONFLICT)
            bulk.insert_later(connection, rows)


def keep_domains(connection: sa.Connection, found: Sequence[EmailDomain], now: datetime) -> None:
    """Keep what was found out, in place of what was found before."""
    by_name = {each.domain: each for each in found}
    rows = [
        (each.domain, each.takes_mail, each.throw_away, time_text(now))
        for _, each in sorted(by_name.items())
    ]
    bulk.insert(connection, "email_domains", _COLUMNS, rows, _CONFLICT)


def find_domain(connection: sa.Connection, email: str) -> EmailDomain | None:
    """Say what is known of the domain of an address."""
    query = sa.select(email_domains).where(email_domains.c.domain == email.rpartition("@")[2])
    row = connection.execute(query).one_or_none()
    return EmailDomain(row.domain, row.takes_mail, row.throw_away) if row else None


def forget_domains(connection: sa.Connection, emails: Collection[str]) -> None:
    """Forget the domains of a person's addresses: such a one may be named after the person."""
    domains = domains_to_look_up(emails)
    connection.execute(sa.delete(email_domains).where(email_domains.c.domain.in_(domains)))
    keys = map(_key, domains)
    connection.execute(sa.delete(outbox).where(outbox.c.dedupe_key.in_(keys)))


def _key(domain: str) -> str:
    return f"domain:{domain}"
