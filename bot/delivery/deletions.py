"""Settles the looking up of people who asked that their data be deleted."""

import logging
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.delivery.attempts import Outcome
from bot.outbox.retrying import Retry, doubling
from bot.ports import Found, SendError
from bot.storage.deletion_requests import RequestState, end_request
from bot.storage.erasing import Erasure, erase_places
from bot.storage.outbox.held import HeldRow, save_rows
from bot.storage.outbox.rows import OutboxState

_ON_THEIR_WORD = "person"
_RETRY = Retry(doubling(timedelta(seconds=2), timedelta(hours=1)))
_OUR_FAULT = "Something went wrong here while it was being looked up."
_log = logging.getLogger(__name__)


def settle_deletion(
    connection: sa.Connection, row: HeldRow, outcome: Outcome, now: datetime
) -> None:
    """Erase whom the channel has named, or try again: nothing but the deadline ends that."""
    match outcome:
        case Found(places):
            row.settle(OutboxState.SENT, now, None)
            erased = erase_places(connection, places, Erasure(_ON_THEIR_WORD, now))
            state = RequestState.DONE if erased.visitors else RequestState.NOTHING_FOUND
            end_request(connection, row.id, state, now)
        case SendError() as error:
            _again(row, now, error.reason, error.retry_after)
        case _:
            _again(row, now, _OUR_FAULT, None)
    save_rows(connection, [row])


def _again(row: HeldRow, now: datetime, reason: str, after: timedelta | None) -> None:
    _log.warning("deletion request waits", extra={"reason": reason, "attempts": row.attempts})
    row.postpone(now + (after or _RETRY.pause(row.attempts)), reason, counts=True)
