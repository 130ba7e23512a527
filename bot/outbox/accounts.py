"""Writes down what attempts say about the accounts by which rows leave."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.outbox.gates import Heard, after_success, after_trouble, find_cause
from bot.outbox.holding import Held
from bot.outbox.stops import end, stop_account
from bot.storage.outbox.accounts import (
    Account,
    AccountKey,
    AccountState,
    find_accounts,
    lock_accounts,
    save_accounts,
)
from bot.storage.outbox.stops import find_closed


def settle_accounts(held: Held, heard: Mapping[AccountKey, Heard]) -> None:
    """Pause, stop or open accounts as the outcomes ask."""

    def judge(account: Account) -> Account:
        return _judge(account, heard[account.key], held.now)

    known = find_accounts(held.connection, heard)
    # only whom this changes is held: all workers would queue for the same page's row
    changing = {key for key in heard if key not in known or judge(known[key]) != known[key]}
    before = lock_accounts(held.connection, changing, held.now)
    after = [judge(before[key]) for key in sorted(before)]
    save_accounts(held.connection, after, held.now)
    _note_stops(before, after, heard, held)


def _judge(account: Account, heard: Heard, now: datetime) -> Account:
    if not heard.troubles:
        return after_success(account, now)
    for error in heard.troubles:
        account = after_trouble(account, error, heard, now)
    return account


def _note_stops(
    before: Mapping[AccountKey, Account],
    after: Sequence[Account],
    heard: Mapping[AccountKey, Heard],
    held: Held,
) -> None:
    for account in after:
        if trouble := find_cause(before[account.key], account, heard[account.key]):
            stop_account(held, account.key, trouble)
    opened = [account.key for account in after if _has_opened(before[account.key], account)]
    for key in find_closed(held.connection, opened):
        end(held, key)


def _has_opened(before: Account, after: Account) -> bool:
    return after.state is AccountState.OK and before.state is not AccountState.OK
