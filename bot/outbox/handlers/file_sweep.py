"""The file sweep: every minute, files that no message uses are deleted, wherever they are kept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from bot.outbox.contract import Handler, Job, Outcome
from bot.outbox.holding import Held
from bot.outbox.retrying import Retry, doubling
from bot.ports.errors import SendError, UnavailableError
from bot.ports.files import FileStore
from bot.storage.database.engine import Database
from bot.storage.database.transactions import retry_races
from bot.storage.files.uploads import Unwanted, drop_unwanted, take_unwanted
from bot.storage.outbox.due import LONG_LEASE
from bot.storage.outbox.held import HeldRow
from bot.storage.outbox.rows import Work

EVERY = timedelta(minutes=1)
_PAUSES = doubling(timedelta(seconds=30), timedelta(minutes=15))
_AWAY = "The file store does not answer."
_MOST_ROUNDS = 10
Moment: TypeAlias = datetime


@dataclass(frozen=True, eq=False)
class FileSweepHandler(Handler[Moment]):
    """Deletes bytes first and rows after them, so that whoever dies in between leaves no bytes."""

    database: Database
    stores: Mapping[str, FileStore]
    """By the names that are written beside the files."""

    kinds = (Work.SWEEP_FILES,)
    retry = Retry(_PAUSES, every=EVERY)
    way = None
    lease = LONG_LEASE

    def consider(self, rows: Sequence[HeldRow], held: Held) -> Iterator[Job[Moment]]:
        """Sweep."""
        yield from (Job(row, held.now) for row in rows if held.may_leave(row))

    def attempt(self, job: Job[Moment]) -> Outcome:
        """Delete what nobody needs, some files at a time."""
        try:
            for _ in range(_MOST_ROUNDS):
                if not self._sweep(job.what):
                    break
        except UnavailableError:
            raise SendError(_AWAY) from None
        return None

    def _sweep(self, now: datetime) -> int:
        unwanted = retry_races(self.database, lambda held: take_unwanted(held, self.stores, now))
        gone = [one.token for store in self.stores for one in self._delete(store, unwanted)]
        if gone:
            retry_races(self.database, lambda held: drop_unwanted(held, gone))
        return len(gone)

    def _delete(self, store: str, unwanted: Sequence[Unwanted]) -> Sequence[Unwanted]:
        there = [one for one in unwanted if one.store == store]
        if there:
            self.stores[store].delete([one.token for one in there])
        return there
