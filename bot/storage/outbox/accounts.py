"""Pages and sites: whether we may speak there now, and if not, why."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

import sqlalchemy as sa

from bot.storage.database import bulk
from bot.storage.tables import accounts, time_text

AccountKey: TypeAlias = tuple[str, str]
"""Channel and account."""
# what was written later than now was written before the clock was set back; hosts differ a little
_LATER = timedelta(seconds=15)


class AccountState(StrEnum):
    """Paused ends by itself; stopped when a look finds it well; probing tries one row."""

    OK = "ok"
    PROBING = "probing"
    PAUSED = "paused"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Account:
    """The state of a channel's account for sending."""

    channel: str
    account: str
    state: AccountState = AccountState.OK
    reason: str | None = None
    until: datetime | None = None
    failures: int = 0
    credential: str | None = None
    proved_at: datetime | None = None
    changed_at: datetime | None = None
    name: str | None = None
    """The account's name at its channel."""

    @property
    def key(self) -> AccountKey:
        """The account's key: channel and id."""
        return self.channel, self.account

    def may_be_tried(self, now: datetime) -> bool:
        """Say whether a pause or a probe is over, also where the clock was set back meanwhile."""
        is_over = self.until is not None and self.until <= now
        return is_over or (self.changed_at is not None and self.changed_at > now + _LATER)


def is_open(now: datetime) -> sa.ColumnElement[bool]:
    """Choose, in an outer join, the accounts that `Account` calls open as well."""
    is_over = sa.or_(accounts.c.until <= now, accounts.c.changed_at > now + _LATER)
    return sa.or_(
        accounts.c.state.is_(None),
        accounts.c.state == AccountState.OK,
        sa.and_(accounts.c.state != AccountState.STOPPED, is_over),
    )


def find_accounts(
    connection: sa.Connection, keys: Collection[AccountKey]
) -> dict[AccountKey, Account]:
    """Look accounts up without holding them; one unseen so far is missing."""
    if not keys:
        return {}
    chosen = sa.tuple_(accounts.c.channel, accounts.c.account).in_(sorted(keys))
    rows = connection.execute(sa.select(accounts).where(chosen))
    return {account.key: account for account in map(_account, rows)}


def lock_accounts(
    connection: sa.Connection, keys: Collection[AccountKey], now: datetime
) -> dict[AccountKey, Account]:
    """Load accounts and hold them to the end of the transaction; one unseen so far is new."""
    if not keys:
        return {}
    bulk.insert(
        connection,
        "accounts",
        ("channel", "account", "state", "failures", "changed_at"),
        [(*key, AccountState.OK, 0, time_text(now)) for key in sorted(keys)],
        "ON CONFLICT (channel, account) DO NOTHING",
    )
    chosen = sa.tuple_(accounts.c.channel, accounts.c.account).in_(sorted(keys))
    query = sa.select(accounts).where(chosen).order_by(accounts.c.channel, accounts.c.account)
    rows = connection.execute(query.with_for_update())
    return {account.key: account for account in map(_account, rows)}


def lock_account(connection: sa.Connection, channel: str, account: str, now: datetime) -> Account:
    """Load one account and hold it to the end of the transaction."""
    return lock_accounts(connection, [(channel, account)], now)[channel, account]


def list_accounts(connection: sa.Connection) -> list[Account]:
    """List every account that was ever spoken through."""
    return [_account(row) for row in connection.execute(sa.select(accounts))]


def save_accounts(connection: sa.Connection, changed: Sequence[Account], now: datetime) -> None:
    """Write what became of accounts that are held."""
    if not changed:
        return
    here = sa.and_(
        accounts.c.channel == sa.bindparam("of_channel"),
        accounts.c.account == sa.bindparam("of_account"),
    )
    changes = [
        {
            "of_channel": account.channel,
            "of_account": account.account,
            "state": account.state,
            "reason": account.reason,
            "until": account.until,
            "failures": account.failures,
            "credential": account.credential,
            "proved_at": account.proved_at,
            "changed_at": now,
        }
        for account in changed
    ]
    connection.execute(sa.update(accounts).where(here), changes)


def save_account(connection: sa.Connection, account: Account, now: datetime) -> None:
    """Write what became of one that is held."""
    save_accounts(connection, [account], now)


def restart_accounts(
    connection: sa.Connection, fingerprints: Mapping[tuple[str, str], str], now: datetime
) -> None:
    """Let stopped accounts speak again whose credential is another one now."""
    for key, fingerprint in fingerprints.items():
        open_account(connection, key, now, accounts.c.credential != fingerprint)


def open_account(
    connection: sa.Connection, key: AccountKey, now: datetime, *where: sa.ColumnElement[bool]
) -> None:
    """Let a stopped account speak again: one row is tried, and the others follow."""
    channel, account = key
    connection.execute(
        sa.update(accounts)
        .where(
            accounts.c.channel == channel,
            accounts.c.account == account,
            accounts.c.state == AccountState.STOPPED,
            *where,
        )
        .values(state=AccountState.OK, reason=None, until=None, proved_at=None, changed_at=now)
    )


def name_account(connection: sa.Connection, key: AccountKey, name: str, now: datetime) -> None:
    """Keep what an account is called at its channel."""
    channel, account = key
    here = (accounts.c.channel == channel, accounts.c.account == account)
    if connection.execute(sa.select(accounts.c.name).where(*here)).scalar() != name:
        lock_accounts(connection, [key], now)
        connection.execute(sa.update(accounts).where(*here).values(name=name))


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
        fields["changed_at"],
        fields["name"],
    )
