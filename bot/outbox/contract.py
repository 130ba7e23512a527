"""The contract between the outbox engine and a handler, and the lane that runs handlers."""

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

import sqlalchemy as sa

from bot.core.model import VisitorKey
from bot.outbox.gates import PROBE_LASTS
from bot.outbox.holding import Held
from bot.outbox.retrying import Retry
from bot.ports.doorbell import Doorbell
from bot.ports.errors import Cause, OutcomeUnknownError, SendError, Trouble, UndeliverableError
from bot.storage.database.engine import Database
from bot.storage.outbox.accounts import AccountKey
from bot.storage.outbox.due import LEASE, OWN, Ordering, Queue
from bot.storage.outbox.faulty import FaultyRow
from bot.storage.outbox.held import HeldRow
from bot.storage.outbox.rows import OutboxState, Work
from config.rules import CaptureRules

What = TypeVar("What")
Failure: TypeAlias = SendError | UndeliverableError | OutcomeUnknownError
Outcome: TypeAlias = object
"""What an attempt brought: a value of the handler's own, or one of the three errors."""
ENDS = {
    Cause.RECIPIENT_GONE: OutboxState.DEAD,
    Cause.WINDOW_CLOSED: OutboxState.EXPIRED,
    Cause.NOT_OWNER: OutboxState.CANCELLED,
    Cause.REJECTED: OutboxState.DEAD,
}
_WAITED_FOR_ALONE = {None, Trouble.UNREACHABLE, Trouble.REFUSED}
_log = logging.getLogger(__name__)


def _no_step(_step: str) -> None:
    msg = "this job is not under way"
    raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Job(Generic[What]):
    """A row in a worker's hand, and what is to be done for it."""

    row: HeldRow
    """As it was taken, with its lease."""
    what: What
    reach: Callable[[str], None] = _no_step
    """Write before a request that the row has come to this step; raises LeaseLostError."""


class Ended(NamedTuple, Generic[What]):
    """An attempt that is over, with its row as it is now."""

    row: HeldRow
    outcome: Outcome
    what: What | None
    """None: a dead worker did it."""


class Handler(ABC, Generic[What]):
    """Knows the subject of one kind of work; the engine knows how rows live."""

    kinds: tuple[Work, ...]
    retry: Retry
    way: AccountKey | None = OWN
    """The account by which its rows leave: each row's own, always this one, or none."""
    in_order: Ordering | None = None
    """A row waits for the earlier ones of its conversation, or with its ordering key."""
    lease: timedelta = LEASE
    breaks_for: timedelta = PROBE_LASTS
    """How long an account is left alone when nobody answers there again and again."""
    holds_accounts: bool = False
    """What leaves by an account is counted: one transaction after the other."""
    counts_trouble: bool = False
    """Trouble of a whole account is an attempt as well, since no deadline ends its rows."""

    def begin(self, connection: sa.Connection, now: datetime) -> None:
        """Do what is to be done once when a worker starts."""

    @abstractmethod
    def consider(self, rows: Sequence[HeldRow], held: Held) -> Iterator[Job[What]]:
        """Look again at rows that are due; end them, put them off, or give jobs for them.

        Ask `held.may_leave` before a job is given.
        """

    @abstractmethod
    def attempt(self, job: Job[What]) -> Outcome:
        """Do the work, or raise one of the three errors; blocks, without a transaction."""

    def repeats(self, row: HeldRow) -> bool:  # noqa: ARG002 - for handlers that look at its step
        """Say whether a row of unknown outcome is tried again; else it ends as unknown."""
        return self.retry.every is not None

    def subjects(self, outcome: Outcome) -> Collection[VisitorKey]:  # noqa: ARG002 - for those that have
        """Name the visitors that settling will also touch; they are locked before the rows."""
        return ()

    def settle_all(self, ended: Sequence[Ended[What]], held: Held) -> None:
        """Write down how attempts ended, by as many statements as for one."""
        for each in ended:
            self.settle(each.row, each.outcome, held)

    def settle(self, row: HeldRow, outcome: Outcome, held: Held) -> None:
        """Write down how an attempt ended."""
        match outcome:
            case SendError() as error if not self._is_spent(row, error):
                self._try_again(row, error, held)
            case SendError() as error:
                held.end(row, OutboxState.DEAD, error.reason)
            case OutcomeUnknownError() as error if self.repeats(row):
                self._repeat(row, error, held)
            case OutcomeUnknownError() as error:
                row.give_up(held.now, error.reason)
            case UndeliverableError(reason=reason) if self.retry.every:
                row.come_round(held.now + self.retry.every, reason)
            case UndeliverableError() as error:
                held.end(row, ENDS[error.cause], error.reason)
            case _ if self.retry.every:
                row.come_round(held.now + self.retry.every)
            case _:
                held.end(row, OutboxState.SENT)
        if row.settled_at:
            self.follow_up(row, held)

    def follow_up(self, row: HeldRow, held: Held) -> None:
        """Do what follows from how a row ended."""

    def bury(self, connection: sa.Connection, row: FaultyRow, reason: str, now: datetime) -> None:
        """Do what follows from the death of a row that can't be read, without reading it."""

    def break_off(self) -> None:
        """Break off what can be done again; a signal's handler asks, so wait for no lock."""

    def close(self) -> None:
        """Let go of everything."""

    def _counts(self, error: SendError) -> bool:
        return error.trouble is None or self.counts_trouble

    def _is_spent(self, row: HeldRow, error: SendError) -> bool:
        return self._counts(error) and self.retry.is_spent(row.attempts)

    def _try_again(self, row: HeldRow, error: SendError, held: Held) -> None:
        # what concerns the whole account is waited for there, and not once more by each row
        # what is refused for our own fault goes behind what waits: the next look tries another row
        is_alone = error.trouble in _WAITED_FOR_ALONE or self.way is None
        pause = error.retry_after or self.retry.pause(row.attempts)
        due_at = held.now + (pause if is_alone else timedelta(0))
        row.postpone(due_at, error.reason, counts=self._counts(error))

    def _repeat(self, row: HeldRow, error: OutcomeUnknownError, held: Held) -> None:
        if self.retry.is_spent(row.attempts):
            held.end(row, OutboxState.DEAD, error.reason)
            return
        told = {"outbox_id": row.id, "kind": row.kind, "reason": error.reason}
        _log.warning("may be done twice", extra=told)
        row.postpone(held.now + self.retry.pause(row.attempts), error.reason, counts=True)


@dataclass(frozen=True)
class Tier:
    """Handlers whose rows are looked for together: by one way, and in one order."""

    handlers: tuple[Handler[Any], ...]  # Any: each gives jobs of its own, and takes only those

    def __post_init__(self) -> None:
        """Raise ValueError where handlers of one tier would be looked for differently."""
        if len({(each.way, each.in_order) for each in self.handlers}) != 1:
            msg = "handlers of one tier leave by the same way, and in the same order"
            raise ValueError(msg)

    @cached_property
    def queue(self) -> Queue:
        """Say how their rows are found."""
        first = self.handlers[0]
        kinds = tuple(kind for handler in self.handlers for kind in handler.kinds)
        return Queue(kinds, first.way, first.in_order)

    @property
    def holds_accounts(self) -> bool:
        """Say whether accounts are held in any case."""
        return any(handler.holds_accounts for handler in self.handlers)


@dataclass(frozen=True)
class LanePlan:
    """A lane: handlers that share a worker's threads; no lane waits for another."""

    name: str
    tiers: tuple[Tier, ...]
    """The most urgent one first."""
    at_once: int
    """How many attempts one worker keeps going; they wait for the network, not for each other."""
    to_each_target: int | None = None
    fingerprints: Mapping[AccountKey, str] = field(default_factory=dict)
    """By account, what tells a new credential from an old one."""

    @cached_property
    def handlers(self) -> dict[Work, Handler[Any]]:
        """Give the handlers by kind of work."""
        return {
            kind: handler
            for tier in self.tiers
            for handler in tier.handlers
            for kind in handler.kinds
        }


@dataclass(frozen=True, slots=True)
class Engine:
    """The resources that all lanes of a process share."""

    database: Database
    rules: Callable[[], CaptureRules]
    doorbell: Doorbell
    clock: Callable[[], datetime]
