"""Tries dead letters again, or lets them go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import sqlalchemy as sa

from bot.core.arrivals import Arrival
from bot.intake.record import record
from bot.ports.errors import UnavailableError
from bot.storage.database.engine import Database
from bot.storage.database.transactions import read, retry_races
from bot.storage.operations.dead_letters import (
    LetterId,
    LetterState,
    find_open,
    keep_open,
    list_open,
    lock_open,
    settle_letter,
)
from channels.base import LetterReader
from config.rules import CaptureRules


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a dead letter, in words that quote nothing of it."""

    id: LetterId
    settled: bool
    words: str


@dataclass(frozen=True, slots=True)
class DeadLetterOffice:
    """Settles letters one by one; whoever holds a letter first is the only one who does it."""

    database: Database
    channels: Mapping[str, LetterReader]
    rules: CaptureRules
    now: datetime

    def open_ids(self) -> Sequence[LetterId]:
        """Say which letters are open now."""
        return read(self.database, lambda c: [letter.id for letter in list_open(c)])

    def retry(self, id: LetterId) -> Outcome:
        """Understand and store what the letter holds, or note why that still fails."""
        try:
            return self._retry(id)
        except UnavailableError:
            raise
        except Exception as error:  # noqa: BLE001 - one letter must not hurt the others
            return self._keep_open(id, f"could not be stored ({type(error).__name__})")

    def discard(self, id: LetterId) -> Outcome:
        """Give a letter up; its content is gone for good."""
        return retry_races(self.database, partial(self._discard, id))

    def _retry(self, id: LetterId) -> Outcome:
        letter = read(self.database, lambda c: find_open(c, id))
        if letter is None:
            return _not_open(id)
        channel = self.channels.get(letter.channel)
        if channel is None:
            return _still_open(id, f"{letter.channel} is not configured")
        # a stranger's bytes may take their time: nothing is held meanwhile
        arrivals, faults = channel.reread(letter.raw, letter.created_at)
        if faults:
            return self._keep_open(id, faults[0].reason)
        return retry_races(self.database, partial(self._record, id, arrivals))

    def _record(
        self, id: LetterId, arrivals: Sequence[Arrival], connection: sa.Connection
    ) -> Outcome:
        if not lock_open(connection, id):
            return _not_open(id)
        record(connection, arrivals, self.rules, self.now).save()
        settle_letter(connection, id, LetterState.RETRIED, self.now)
        return Outcome(id, settled=True, words=_retried(len(arrivals)))

    def _keep_open(self, id: LetterId, reason: str) -> Outcome:
        retry_races(self.database, lambda c: keep_open(c, id, reason))
        return _still_open(id, reason)

    def _discard(self, id: LetterId, connection: sa.Connection) -> Outcome:
        if not lock_open(connection, id):
            return _not_open(id)
        settle_letter(connection, id, LetterState.DISCARDED, self.now)
        return Outcome(id, settled=True, words="discarded")


def _not_open(id: LetterId) -> Outcome:
    return Outcome(id, settled=False, words="there is no such open letter")


def _retried(count: int) -> str:
    return f"retried: {count} event{'s' if count != 1 else ''} understood"


def _still_open(id: LetterId, reason: str) -> Outcome:
    return Outcome(id, settled=False, words=f"still open: {reason}")
