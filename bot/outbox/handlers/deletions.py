"""Requests to delete a person: the channel is asked who that is, and they are erased."""

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa

from bot.core.model import VisitorKey
from bot.outbox.contract import Handler, Job, Outcome
from bot.outbox.holding import Held
from bot.outbox.retrying import Retry, doubling
from bot.ports.channels import Found, PeopleFinder
from bot.storage.forgetting.deletion_requests import RequestState, end_request
from bot.storage.forgetting.erasing import Erasure, erase_places
from bot.storage.outbox.faulty import FaultyRow
from bot.storage.outbox.held import HeldRow
from bot.storage.outbox.rows import OutboxState, Work

NOT_FOUND_OUT = "Nobody could say in time who it is."
_ON_THEIR_WORD = "person"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class DeletionHandler(Handler[VisitorKey]):
    """Finds out who a person is; nothing but the deadline ends that."""

    finders: Mapping[str, PeopleFinder]

    kinds = (Work.DELETE_PERSON,)
    retry = Retry(doubling(timedelta(seconds=2), timedelta(hours=1)))

    def consider(self, rows: Sequence[HeldRow], held: Held) -> Iterator[Job[VisitorKey]]:
        """Ask as long as the deadline allows."""
        for row in rows:
            if row.deadline is not None and row.deadline <= held.now:
                held.end(row, OutboxState.DEAD, NOT_FOUND_OUT)
                self._fail(held.connection, row, held.now)
            elif held.may_leave(row):
                yield Job(row, VisitorKey(row.channel, row.account, row.payload["person"]))

    def attempt(self, job: Job[VisitorKey]) -> Found:
        """Ask the channel where the person may be a visitor."""
        return Found(tuple(self.finders[job.what.channel].find_places(job.what)))

    def repeats(self, row: HeldRow) -> bool:  # noqa: ARG002 - looking up changes nothing
        """Look up again."""
        return True

    def subjects(self, outcome: Outcome) -> Collection[VisitorKey]:
        """Name who will be erased."""
        return outcome.places if isinstance(outcome, Found) else ()

    def settle(self, row: HeldRow, outcome: Outcome, held: Held) -> None:
        """Erase whom the channel has named, when nothing is to be written for them any more."""
        super().settle(row, outcome, held)
        if isinstance(outcome, Found):
            held.at_last(partial(_erase, row, outcome.places, held))
        elif row.reason:
            told = {"reason": row.reason, "attempts": row.attempts}
            _log.warning("deletion request waits", extra=told)

    def bury(self, connection: sa.Connection, row: FaultyRow, reason: str, now: datetime) -> None:  # noqa: ARG002 - the reason is ours
        """Say on the status page that it failed."""
        self._fail(connection, row, now)

    def _fail(self, connection: sa.Connection, row: HeldRow | FaultyRow, now: datetime) -> None:
        end_request(connection, row.dedupe_key, RequestState.FAILED, now)
        _log.error("deletion request failed", extra={"outbox_id": row.id})


def _erase(row: HeldRow, places: Collection[VisitorKey], held: Held) -> None:
    erasure = Erasure(_ON_THEIR_WORD, held.now, row.dedupe_key)
    if erase_places(held.connection, places, erasure) is None:
        end_request(held.connection, row.dedupe_key, RequestState.NOTHING_FOUND, held.now)
