"""Looks at stopped accounts: whatever works again is found by one of them, and opened."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

import sqlalchemy as sa

from bot.outbox.contract import Handler, Job, Outcome
from bot.outbox.holding import Held
from bot.outbox.retrying import Retry
from bot.outbox.stops import BLOCKED_LOOK, FIRST_LOOK, LATER_LOOKS, forget, try_again
from bot.storage.outbox.accounts import AccountKey, name_account
from bot.storage.outbox.due import LONG_LEASE
from bot.storage.outbox.held import HeldRow
from bot.storage.outbox.rows import OutboxState, Work
from bot.storage.outbox.stops import (
    Stop,
    StopCause,
    begin_stop,
    find_looked_at,
    find_unnoted,
    hasten_looks,
    order_look,
)

Knock: TypeAlias = Callable[[], str | None]
"""Ask harmlessly whether an account works, and give its name there; raises SendError."""
OVER = "The stop is over."
NOT_OURS = "The account is not ours any more."
_TOLD_BY_KNOCKING = frozenset({StopCause.CREDENTIALS, StopCause.UNREACHABLE})
"""The causes that a knock finds ended; for the others only a row that waits can tell."""
NOT_AT_EACH_START = frozenset({StopCause.BLOCKED})
OFTEN = tuple(cause for cause in StopCause if cause not in NOT_AT_EACH_START)
"""The causes for which asking more often than by plan does no harm."""


@dataclass(frozen=True, slots=True)
class PlannedLook:
    """A look at a stopped account; without a way to knock the oldest waiting row is tried."""

    stop: Stop
    knock: Knock | None


@dataclass(frozen=True, slots=True)
class Answered:
    """A look that nothing speaks against."""

    name: str = ""


@dataclass(frozen=True, eq=False)
class LookHandler(Handler[PlannedLook]):
    """Looks at one stopped account after one minute, after five more, and then every fifteen."""

    knocks: Mapping[AccountKey, Knock] = field(default_factory=dict)
    is_ours: Callable[[sa.Connection, AccountKey], bool] = lambda _, __: True
    """Say whether an account is still configured."""

    kinds = (Work.LOOK,)
    retry = Retry(LATER_LOOKS)
    way = None
    lease = LONG_LEASE
    counts_trouble = True

    def begin(self, connection: sa.Connection, now: datetime) -> None:
        """Look at everything when a worker starts, but at what must be left in peace."""
        for stop in find_unnoted(connection):
            begin_stop(connection, stop, order_look(connection, stop, now + FIRST_LOOK))
        hasten_looks(connection, now, OFTEN)

    def consider(self, rows: Sequence[HeldRow], held: Held) -> Iterator[Job[PlannedLook]]:
        """Look as long as the stop stands."""
        stops = find_looked_at(held.connection, [row.id for row in rows])
        for row in rows:
            stop = stops.get(row.id)
            if stop is None:
                held.end(row, OutboxState.CANCELLED, OVER)
            elif not self.is_ours(held.connection, stop.key):
                forget(held, stop.key)
                held.end(row, OutboxState.CANCELLED, NOT_OURS)
            else:
                knocks = self.knocks if stop.cause in _TOLD_BY_KNOCKING else {}
                yield Job(row, PlannedLook(stop, knocks.get(stop.key)))

    def attempt(self, job: Job[PlannedLook]) -> Answered:
        """Knock."""
        return Answered((job.what.knock() or "") if job.what.knock else "")

    def repeats(self, row: HeldRow) -> bool:  # noqa: ARG002 - a look changes nothing
        """Look again."""
        return True

    def settle(self, row: HeldRow, outcome: Outcome, held: Held) -> None:
        """Open what works; what is not known to is tried by its oldest row."""
        stop = find_looked_at(held.connection, [row.id]).get(row.id)
        if stop is None:
            held.end(row, OutboxState.CANCELLED, OVER)
        elif isinstance(outcome, Answered):
            self._open(row, stop, outcome, held)
        else:
            super().settle(row, outcome, held)

    def _open(self, row: HeldRow, stop: Stop, answer: Answered, held: Held) -> None:
        has_knocked = stop.cause in _TOLD_BY_KNOCKING and stop.key in self.knocks
        if answer.name:
            name_account(held.connection, stop.key, answer.name, held.now)
        if try_again(held, stop.key, is_known_to_work=has_knocked):
            held.end(row, OutboxState.SENT)
        else:
            row.postpone(held.now + self._pause(row, stop), None, counts=True)

    def _pause(self, row: HeldRow, stop: Stop) -> timedelta:
        return BLOCKED_LOOK if stop.cause is StopCause.BLOCKED else self.retry.pause(row.attempts)


def hasten(
    connection: sa.Connection, now: datetime, key: AccountKey | None = None
) -> Collection[int]:
    """Let a worker look now at one stopped account, or at all that may be asked more often."""
    return hasten_looks(connection, now, tuple(StopCause) if key else OFTEN, key)
