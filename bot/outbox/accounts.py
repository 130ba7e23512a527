"""Writes down what attempts say about the accounts by which rows leave."""

import logging
from collections.abc import Mapping, Sequence

from bot.outbox.contract import Outcome
from bot.outbox.gates import after_success, after_trouble
from bot.outbox.holding import Held
from bot.ports import OutcomeUnknownError, SendError, Trouble
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


def settle_accounts(
    held: Held,
    outcomes: Mapping[AccountKey, Sequence[Outcome]],
    fingerprints: Mapping[AccountKey, str],
) -> None:
    """Pause, stop or open accounts as the outcomes ask; each stop is told once."""

    def judge(account: Account) -> Account:
        credential = fingerprints.get(account.key, "")
        return _judge(account, outcomes[account.key], held, credential)

    known = find_accounts(held.connection, outcomes)
    # only whom this changes is held: all workers would queue for the same page's row
    changing = {key for key in outcomes if key not in known or judge(known[key]) != known[key]}
    before = lock_accounts(held.connection, changing, held.now)
    after = [judge(before[key]) for key in sorted(before)]
    save_accounts(held.connection, after, held.now)
    for account in after:
        was_stopped = before[account.key].state is AccountState.STOPPED
        if account.state is AccountState.STOPPED and not was_stopped:
            _tell(account, held)


def _judge(account: Account, outcomes: Sequence[Outcome], held: Held, credential: str) -> Account:
    troubles = [trouble for one in outcomes if (trouble := _trouble(one))]
    if not troubles:
        return after_success(account, held.now)
    for error in troubles:
        account = after_trouble(account, error, held.now, credential)
    return account


def _trouble(outcome: Outcome) -> SendError | None:
    match outcome:
        case SendError(trouble=Trouble()):
            return outcome
        case OutcomeUnknownError(reason=reason):  # the breaker saves the others from the same end
            return SendError(reason, trouble=Trouble.UNREACHABLE)
        case _:
            return None


def _tell(account: Account, held: Held) -> None:
    facts = {"channel": account.channel, "account": account.account, "reason": account.reason}
    _log.error("account stopped", extra=facts)
    if held.rules.announces:
        trouble = (account.channel, account.account, account.reason or "")
        announce(held.connection, Announcement(troubles=(trouble,)), held.now)
