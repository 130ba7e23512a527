"""Writes down how an errand ended; only who still holds it may."""

import logging
from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.errands.jobs import (
    GoneError,
    Job,
    NobodyThereError,
    NotKnownError,
    NotTakenError,
    Outcome,
    RefusedError,
    Seen,
)
from bot.errands.taking import NOTIFY
from bot.errands.watching import EVERY
from bot.storage.errands import (
    Errand,
    end_errand,
    find_lost_errands,
    lock_errands,
    put_off,
    put_off_target,
)
from bot.storage.outbox.accounts import AccountState, lock_account, save_account
from bot.storage.outbox.announcements import Announcement, announce
from bot.storage.outbox.rows import OutboxState, Work
from bot.storage.recipients import forget_device
from bot.storage.webhook_endpoints import EndpointState, switch_endpoint

SENT_AGAIN = "Sent again: whether it had arrived before is not known."
PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 30, 120, 600, 3_600, 3 * 3_600, 6 * 3_600, 12 * 3_600, 24 * 3_600)
)
"""What a program is waited for; a notice is old news after the first few."""
_MOST_FOR_A_NOTICE = 5
_TOO_OLD = timedelta(days=3)
_AT_ONCE = 100
_log = logging.getLogger(__name__)


def settle(connection: sa.Connection, job: Job, outcome: Outcome, now: datetime) -> None:
    """End an errand, or give it back for another time."""
    errand = job.errand
    match outcome:
        case Seen(troubles):
            put_off(connection, errand, now + EVERY, None)
            if troubles:
                announce(connection, Announcement(troubles=troubles), now)
        case None:
            end_errand(connection, errand, OutboxState.SENT, now)
        case GoneError(reason=reason):
            end_errand(connection, errand, OutboxState.CANCELLED, now, reason)
            _let_go(connection, errand, reason, now)
        case RefusedError(reason=reason):
            _log.error("errand refused", extra=_named(errand, reason))
            end_errand(connection, errand, OutboxState.DEAD, now, reason)
        case NotTakenError() as error:
            _again(connection, errand, error, now)


def settle_lost(connection: sa.Connection, now: datetime) -> None:
    """Give back what a dead worker held; that it may come twice is said in the log."""
    ids = find_lost_errands(connection, now, _AT_ONCE)
    for errand in lock_errands(connection, ids, OutboxState.SENDING):
        _again(connection, errand, NotKnownError(SENT_AGAIN), now)


def _again(connection: sa.Connection, errand: Errand, error: NotTakenError, now: datetime) -> None:
    if errand.kind is Work.WATCH:
        put_off(connection, errand, now + EVERY, error.reason)
        return
    most = len(PAUSES) if errand.kind is Work.WEBHOOK else _MOST_FOR_A_NOTICE
    if errand.attempts > most or errand.created_at + _TOO_OLD <= now:
        _log.error("errand given up", extra=_named(errand, error.reason))
        end_errand(connection, errand, OutboxState.DEAD, now, error.reason)
        return
    if isinstance(error, NotKnownError):
        _log.warning("errand may arrive twice", extra=_named(errand, error.reason))
    due_at = now + max(PAUSES[max(errand.attempts, 1) - 1], error.after or timedelta(0))
    put_off(connection, errand, due_at, error.reason)
    if isinstance(error, NobodyThereError | NotKnownError):
        put_off_target(connection, errand.kind, errand.target, now, now + PAUSES[0])


def _let_go(connection: sa.Connection, errand: Errand, reason: str, now: datetime) -> None:
    """Send nothing more to who wants nothing more."""
    way, _, number = errand.target.partition(":")
    _log.error("target switched off", extra=_named(errand, reason))
    match way:
        case "endpoint":
            switch_endpoint(connection, int(number), EndpointState.OFF, now, reason)
        case "push":
            forget_device(connection, int(number))
        case "url":
            account = lock_account(connection, NOTIFY, errand.target, now)
            stopped = replace(account, state=AccountState.STOPPED, reason=reason)
            save_account(connection, stopped, now)


def _named(errand: Errand, reason: str) -> dict[str, object]:
    return {"outbox_id": errand.id, "target": errand.target, "reason": reason}
