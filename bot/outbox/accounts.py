"""Writes down what attempts say about the accounts by which rows leave."""

import logging
from collections.abc import Mapping
from datetime import datetime

from bot.outbox.gates import Heard, after_success, after_trouble
from bot.outbox.holding import Held
from bot.storage.outbox.accounts import (
    Account,
    AccountKey,
    AccountState,
    find_accounts,
    lock_accounts,
    save_accounts,
)
from bot.storage.outbox.announcements import Announcement, announce

_log = logging.getLogger(__name__)


def settle_accounts(held: Held, heard: Mapping[AccountKey, Heard]) -> None:
    """Pause, stop or open accounts as the outcomes ask; each stop is told once."""

    def judge(account: Account) -> Account:
        return _judge(account, heard[account.key], held.now)

    known = find_accounts(held.connection, heard)
    # only whom this changes is held: all workers would queue for the same page's row
    changing = {key for key in heard if key not in known or judge(known[key]) != known[key]}
    before = lock_accounts(held.connection, changing, held.now)
    after = [judge(before[key]) for key in sorted(before)]
    save_accounts(held.connection, after, held.now)
    for account in after:
        was_stopped = before[account.key].state is AccountState.STOPPED
        if account.state is AccountState.STOPPED and not was_stopped:
            _tell(account, held)


def _judge(account: Account, heard: Heard, now: datetime) -> Account:
    if not heard.troubles:
        return after_success(account, now)
    for error in heard.troubles:
        account = after_trouble(account, error, heard, now)
    return account


def _tell(account: Account, held: Held) -> None:
    facts = {"channel": account.channel, "account": account.account, "reason": account.reason}
    _log.error("account stopped", extra=facts)
    if held.rules.announces:
        trouble = (account.channel, account.account, account.reason or "")
        announce(held.connection, Announcement(troubles=(trouble,)), held.now)
