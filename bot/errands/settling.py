"""Writes down how an errand ended; only who still holds it may."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.errands.jobs import Job, Outcome, Seen
from bot.errands.taking import NOTIFY, TAKEN
from bot.errands.watching import EVERY
from bot.outbox.retrying import Retry
from bot.ports import Cause, OutcomeUnknownError, SendError, Trouble, UndeliverableError
from bot.storage.errands import put_off_target
from bot.storage.outbox.accounts import AccountState, lock_account, save_account
from bot.storage.outbox.announcements import Announcement, announce
from bot.storage.outbox.due import find_left_behind
from bot.storage.outbox.held import HeldRow, hold_rows, save_rows
from bot.storage.outbox.rows import OutboxState, Work
from bot.storage.recipients import forget_device
from bot.storage.webhook_endpoints import EndpointState, switch_endpoint

SENT_AGAIN = "Sent again: whether it had arrived before is not known."
_HOUR = 3_600
_PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 30, 120, 600, _HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR, 24 * _HOUR)
)
_FOR_PROGRAMS = Retry(_PAUSES, most=len(_PAUSES))
_FOR_NOTICES = Retry(_PAUSES, most=5)
"""After the first few pauses a notice is old news."""
_TOO_OLD = timedelta(days=3)
_AT_ONCE = 100
_log = logging.getLogger(__name__)


def settle(
    connection: sa.Connection, results: Sequence[tuple[Job, Outcome]], now: datetime
) -> None:
    """End rows whose lease is still ours, or give them back for another time."""
    rows = {row.id: row for row in hold_rows(connection, [job.row.id for job, _ in results])}
    for job, outcome in results:
        row = rows.get(job.row.id)
        if row and row.state is OutboxState.SENDING and row.lease == job.row.lease:
            _settle(connection, row, outcome, now)
    save_rows(connection, rows.values())


def _settle(connection: sa.Connection, row: HeldRow, outcome: Outcome, now: datetime) -> None:
    match outcome:
        case Seen(troubles):
            row.postpone(now + EVERY, None, counts=True)
            if troubles:
                announce(connection, Announcement(troubles=troubles), now)
        case None:
            row.settle(OutboxState.SENT, now, None)
        case UndeliverableError(reason=reason, cause=Cause.RECIPIENT_GONE):
            row.settle(OutboxState.CANCELLED, now, reason)
            _let_go(connection, row, reason, now)
        case UndeliverableError(reason=reason):
            _log.error("errand refused", extra=_named(row, reason))
            row.settle(OutboxState.DEAD, now, reason)
        case SendError() | OutcomeUnknownError() as error:
            _again(connection, row, error, now)


def settle_lost(connection: sa.Connection, now: datetime) -> None:
    """Give back what a dead worker held; that it may come twice is said in the log."""
    rows = hold_rows(connection, find_left_behind(connection, TAKEN.kinds, now, _AT_ONCE))
    for row in rows:
        if row.state is OutboxState.SENDING:
            _again(connection, row, OutcomeUnknownError(SENT_AGAIN), now)
    save_rows(connection, rows)


def _again(
    connection: sa.Connection, row: HeldRow, error: SendError | OutcomeUnknownError, now: datetime
) -> None:
    if row.kind is Work.WATCH:
        row.postpone(now + EVERY, error.reason, counts=True)
        return
    retry = _FOR_PROGRAMS if row.kind is Work.WEBHOOK else _FOR_NOTICES
    if retry.is_spent(row.attempts) or row.created_at + _TOO_OLD <= now:
        _log.error("errand given up", extra=_named(row, error.reason))
        row.settle(OutboxState.DEAD, now, error.reason)
        return
    after, nobody = timedelta(0), True
    if isinstance(error, SendError):
        after, nobody = error.retry_after or after, error.trouble is Trouble.UNREACHABLE
    else:
        _log.warning("errand may arrive twice", extra=_named(row, error.reason))
    due_at = now + max(retry.pause(row.attempts), after)
    row.postpone(due_at, error.reason, counts=True)
    if nobody:
        put_off_target(connection, row.kind, row.target, now, now + retry.pauses[0])


def _let_go(connection: sa.Connection, row: HeldRow, reason: str, now: datetime) -> None:
    """Send nothing more to who wants nothing more."""
    way, _, number = row.target.partition(":")
    _log.error("target switched off", extra=_named(row, reason))
    match way:
        case "endpoint":
            switch_endpoint(connection, int(number), EndpointState.OFF, now, reason)
        case "push":
            forget_device(connection, int(number))
        case "url":
            account = lock_account(connection, NOTIFY, row.target, now)
            stopped = replace(account, state=AccountState.STOPPED, reason=reason)
            save_account(connection, stopped, now)


def _named(row: HeldRow, reason: str) -> dict[str, object]:
    return {"outbox_id": row.id, "target": row.target, "reason": reason}
