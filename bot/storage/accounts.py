"""Pages and sites: whether we may speak there now, and if not, why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from bot.storage import bulk
from bot.storage.tables import accounts, time_text


class AccountState(StrEnum):
    """Paused ends by itself; stopped only with another credential; probing tries one message."""

    OK = "ok"
    PROBING = "probing"
    PAUSED = "paused"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Account:
    """What is known of a page or a site as a way out."""

    channel: str
    account: str
    state: AccountState = AccountState.OK
    reason: str | None = None
    until: datetime | None = None
    failures: int = 0
    credential: str | None = None
    proved_at: datetime | None = None


def lock_account(connection: sa.Connection, channel: str, account: str, now: datetime) -> Account:
    """Load an account and hold it until the end of the transaction; one unseen so far is new."""
    bulk.insert(
        connection,
        "accounts",
        ("channel", "account", "state", "failures", "changed_at"),
        [(channel, account, AccountState.OK, 0, time_text(now))],
        "ON CONFLICT (channel, account) DO NOTHING",
    )
    here = sa.and_(accounts.c.channel == channel, accounts.c.account == account)
    row = connection.execute(sa.select(accounts).where(here).with_for_update()).one()
    return _account(row)


def list_accounts(connection: sa.Connection) -> list[Account]:
    """List every account that was ever spoken through."""
    return [_account(row) for row in connection.execute(sa.select(accounts))]


def save_account(connection: sa.Connection, account: Account, now: datetime) -> None:
    """Write what became of an account."""
    connection.execute(
        sa.update(accounts)
        .where(accounts.c.channel == account.channel, accounts.c.account == account.account)
        .values(
            state=account.state,
            reason=account.reason,
            until=account.until,
            failures=account.failures,
            credential=account.credential,
            proved_at=account.proved_at,
            changed_at=now,
        )
    )


def restart_accounts(
    connection: sa.Connection, fingerprints: Mapping[tuple[str, str], str], now: datetime
) -> None:
    """Let stopped accounts speak again whose credential is another one now."""
    for (channel, account), fingerprint in fingerprints.items():
        connection.execute(
            sa.update(accounts)
            .where(
                accounts.c.channel == channel,
                accounts.c.account == account,
                accounts.c.state == AccountState.STOPPED,
                accounts.c.credential != fingerprint,
            )
            .values(state=AccountState.OK, reason=None, until=None, proved_at=None, changed_at=now)
        )


def _account(row: sa.Row[tuple[object, ...]]) -> Account:
    fields = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for it
    return Account(
        fields["channel"],
        fields["account"],
        AccountState(fields["state"]),
        fields["reason"],
        fields["until"],
        fields["failures"],
        fields["credential"],
        fields["proved_at"],
    )
