"""Composition of looks at stopped accounts: who is knocked at, and whose accounts are ours."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from bot.mail.imap import Mailbox
from bot.mail.ways import MAIL_SERVER, MAILBOX
from bot.outbox.handlers.looks import Knock, LookHandler
from bot.ports.channels import Watched
from bot.storage.outbox.accounts import AccountKey
from bot.storage.outbox.rows import Work
from bot.storage.team.webhook_endpoints import EndpointState, list_endpoints
from bot.wiring.mails import open_mailer
from config.settings import Settings


@dataclass(frozen=True, slots=True)
class OwnAccounts:
    """The accounts that are configured now; what an admin switches off is none."""

    keys: Collection[AccountKey]
    targets: Collection[str]

    def has(self, connection: sa.Connection, key: AccountKey) -> bool:
        """Say whether an account is one of them."""
        channel, account = key
        match channel:
            case Work.NOTIFY:
                return account in self.targets
            case Work.WEBHOOK:
                endpoints = list_endpoints(connection)
                return any(one.target == account for one in endpoints if one.state is _ON)
            case _:
                return key in self.keys


_ON = EndpointState.ON


def open_looks(
    settings: Settings, watched: Sequence[Watched], keys: Collection[AccountKey]
) -> LookHandler:
    """Put the looks together."""
    knocks: dict[AccountKey, Knock] = {(one.channel, one.account): one.knock for one in watched}
    own = OwnAccounts(keys, frozenset(settings.notice_rules.targets))
    return LookHandler({**knocks, **dict(_mail_knocks(settings))}, own.has)


def open_mailbox(settings: Settings) -> Mailbox | None:
    """Open the mailbox of answers; None: none is read."""
    if settings.inbound_imap_url is None or settings.inbound_email_address is None:
        return None
    return Mailbox.read(settings.inbound_imap_url.get_secret_value())


def _mail_knocks(settings: Settings) -> Iterator[tuple[AccountKey, Knock]]:
    if mailer := open_mailer(settings):
        yield MAIL_SERVER, mailer.knock
    if mailbox := open_mailbox(settings):
        yield MAILBOX, mailbox.knock
