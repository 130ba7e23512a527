"""Rows at which we fail ourselves: found by halving, put off, and dead when that lasts too long.

The fault may be ours for all rows, and mended in an hour; or stand in this one for ever.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

import sqlalchemy as sa

from bot.core.model import OutboxId
from bot.outbox.contract import Tier
from bot.outbox.retrying import Retry, doubling
from bot.ports.errors import SlowError, UnavailableError
from bot.storage.outbox.faulty import bury_faulty, hold_faulty, put_off_faulty

OUR_FAULT = "Something went wrong here before it could be sent."
_RETRY = Retry(doubling(timedelta(seconds=2), timedelta(minutes=5)), most=20)
_Item = TypeVar("_Item")
_log = logging.getLogger(__name__)


def find_faulty(items: Sequence[_Item], work: Callable[[Sequence[_Item]], None]) -> Iterator[_Item]:
    """Work on items together; where that fails, on ever smaller parts. Gives those at fault."""
    try:
        work(items)
    except UnavailableError as error:
        if not isinstance(error, SlowError) or len(items) == 1:
            raise
    except Exception:  # noqa: BLE001 - one row must not hurt the others
        if len(items) == 1:
            _log.exception("row can't be dealt with")
            yield from items
            return
    else:
        return
    half = len(items) // 2
    yield from find_faulty(items[:half], work)
    yield from find_faulty(items[half:], work)


def put_off(connection: sa.Connection, id: OutboxId, tier: Tier, now: datetime) -> None:
    """Let a row wait at which taking failed, unless it has done so too often."""
    row = hold_faulty(connection, id, tier.queue, now)
    if row is None:
        return
    handler = next(one for one in tier.handlers if row.kind in one.kinds)
    attempts = row.counted
    if handler.retry.every or not _RETRY.is_spent(attempts):
        put_off_faulty(connection, row, now + _RETRY.pause(attempts), OUR_FAULT)
    else:
        bury_faulty(connection, row, OUR_FAULT, now)
        handler.bury(connection, row, OUR_FAULT, now)
