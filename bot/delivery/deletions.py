"""Settles the looking up of people who asked that their data be deleted."""

import logging
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.delivery.attempts import Outcome
from bot.delivery.claims import Claim
from bot.ports import Found, SendError
from bot.storage.deletion_requests import RequestState, end_request
from bot.storage.erasing import Erasure, erase_places
from bot.storage.outbox import postpone, settle
from bot.storage.outbox_rows import OutboxState

_ON_THEIR_WORD = "person"
_FIRST_PAUSE = timedelta(seconds=2)
_LONGEST_PAUSE = timedelta(hours=1)
_DOUBLINGS = 11  # then the pause is the longest
_OUR_FAULT = "Something went wrong here while it was being looked up."
_log = logging.getLogger(__name__)


def settle_deletion(
    connection: sa.Connection, claim: Claim, outcome: Outcome, now: datetime
) -> None:
    """Erase whom the channel has named, or try again: nothing but the deadline ends that."""
    match outcome:
        case Found(places):
            if settle(connection, claim.hold, OutboxState.SENT, now, None):
                erased = erase_places(connection, places, Erasure(_ON_THEIR_WORD, now))
                state = RequestState.DONE if erased.visitors else RequestState.NOTHING_FOUND
                end_request(connection, claim.hold.id, state, now)
        case SendError() as error:
            _again(connection, claim, now, error.reason, error.retry_after)
        case _:
            _again(connection, claim, now, _OUR_FAULT, None)


def _again(
    connection: sa.Connection, claim: Claim, now: datetime, reason: str, after: timedelta | None
) -> None:
    _log.warning("deletion request waits", extra={"reason": reason, "attempts": claim.attempts})
    pause = after or min(_FIRST_PAUSE * (1 << min(claim.attempts, _DOUBLINGS)), _LONGEST_PAUSE)
    postpone(connection, claim.hold, now + pause, reason, counts=True)
