"""Begins and ends stops of accounts: each is told once, looked at again, and told at its end."""

import logging
from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from bot.outbox.gates import open_for_one
from bot.outbox.holding import Held
from bot.ports.errors import SendError
from bot.storage.outbox.accounts import (
    AccountKey,
    AccountState,
    lock_accounts,
    open_account,
    save_account,
)
from bot.storage.outbox.announcements import Announcement, announce
from bot.storage.outbox.stops import (
    CLOSING,
    Stop,
    StopCause,
    begin_stop,
    end_stops,
    find_oldest_waiting,
    hurry_waiting,
    is_standing,
    order_look,
)

FIRST_LOOK = timedelta(minutes=1)
LATER_LOOKS = (timedelta(minutes=5), timedelta(minutes=15))
BLOCKED_LOOK = timedelta(hours=1)
_NO_TEAM = ("push:", "mail:")  # one agent's own way: the others are told all the same
_log = logging.getLogger(__name__)


def stop_account(held: Held, key: AccountKey, error: SendError) -> None:
    """Begin the stop of an account by a trouble; a standing one goes on."""
    if error.trouble is None or key[1].startswith(_NO_TEAM):
        return
    cause = StopCause(error.trouble)
    longest = error.retry_after or BLOCKED_LOOK
    pause = longest if cause is StopCause.BLOCKED else FIRST_LOOK
    begin(held, Stop(*key, cause, error.reason, held.now), pause)


def begin(held: Held, stop: Stop, first_look: timedelta | None = None) -> None:
    """Write a stop down, and have it told; one cause of all that close an account stands."""
    if is_standing(held.connection, stop.key, stop.cause):
        return
    if stop.closes:
        end_stops(held.connection, stop.key, CLOSING, held.now)
    at = held.now + first_look if first_look is not None else None
    look_id = order_look(held.connection, stop, at) if at else None
    begin_stop(held.connection, stop, look_id)
    facts = {"channel": stop.channel, "account": stop.account, "reason": stop.reason}
    _log.error("account stopped", extra={**facts, "cause": stop.cause})
    _tell(held, stop, is_over=False)


def end(held: Held, key: AccountKey, causes: Collection[StopCause] = CLOSING) -> None:
    """End the stops of an account that works again: what it has held up leaves at once."""
    for stop in end_stops(held.connection, key, causes, held.now):
        told = {"channel": stop.channel, "account": stop.account, "cause": stop.cause}
        _log.warning("account works again", extra=told)
        _tell(held, stop, is_over=True)
        if stop.closes:
            hurry_waiting(held.connection, key, held.now)


def forget(held: Held, key: AccountKey) -> None:
    """End the stops of an account that is not ours any more: nobody needs to be told."""
    end_stops(held.connection, key, tuple(StopCause), held.now)
    open_account(held.connection, key, held.now)


def try_again(held: Held, key: AccountKey, *, is_known_to_work: bool) -> bool:
    """Let an account try its oldest row; True: it works, and nothing had to be tried."""
    account = lock_accounts(held.connection, [key], held.now)[key]
    waits = find_oldest_waiting(held.connection, key, held.now)
    if waits is None and is_known_to_work:
        opened = replace(account, state=AccountState.OK, reason=None, until=None, failures=0)
        save_account(held.connection, opened, held.now)
        end(held, key)
        return True
    save_account(held.connection, open_for_one(account, held.now), held.now)
    if waits:
        hurry_waiting(held.connection, key, held.now)
    return False


def _tell(held: Held, stop: Stop, *, is_over: bool) -> None:
    if held.rules.announces:
        told = (stop.channel, stop.account, stop.cause.value, is_over)
        announce(held.connection, Announcement(stops=(told,)), held.now)
