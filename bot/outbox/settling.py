"""Writes down how attempts ended; only who still holds a row's lease may."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from time import sleep
from typing import Any, TypeAlias

import sqlalchemy as sa

from bot.core.model import OutboxId
from bot.outbox.accounts import settle_accounts
from bot.outbox.claiming import AnyJob
from bot.outbox.contract import Ended, Engine, LanePlan, Outcome
from bot.outbox.faults import find_faulty
from bot.outbox.gates import Heard
from bot.outbox.holding import Held
from bot.ports.errors import (
    Cause,
    OurFaultError,
    OurSendError,
    OutcomeUnknownError,
    SendError,
    Trouble,
    UnavailableError,
    UndeliverableError,
)
from bot.ports.signals import ChangeSignal
from bot.storage.database.transactions import read, retry_races
from bot.storage.outbox.accounts import Account, AccountKey, find_accounts
from bot.storage.outbox.due import LONG_LEASE, OWN, find_left_behind, find_visitors
from bot.storage.outbox.faulty import leave_longer
from bot.storage.outbox.held import HeldRow, hold_rows
from bot.storage.outbox.rows import OutboxState
from bot.storage.visitors.visitor_states import lock_visitor_states, lock_visitors

Result: TypeAlias = tuple[AnyJob, Outcome]
UNCONFIRMED = "It was handed over, but no confirmation came back."
_AT_ONCE = 100
_PAUSES = (0.1, 0.5, 1, 2, 5, 5, 5)  # seconds: more would be too late for the leases
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Settling:
    """Settles what a lane has attempted, and what a dead worker has left of it."""

    engine: Engine
    plan: LanePlan

    def settle(self, results: Sequence[Result]) -> None:
        """Settle what can be settled; where that fails the row's lease will end."""
        for job, _ in find_faulty(results, self._settle_some):
            _log.error("row can't be settled", extra={"outbox_id": job.row.id})

    def recover(self) -> None:
        """Let go of what dead workers held: it is done again, or its outcome stays unknown."""
        ids = read(self.engine.database, self._find_left_behind)
        for faulty in find_faulty(ids, self._recover_some) if ids else ():
            _log.error("row can't be given back", extra={"outbox_id": faulty})
            now = self.engine.clock()
            later = partial(leave_longer, id=faulty, now=now, until=now + LONG_LEASE)
            retry_races(self.engine.database, later)

    def _settle_some(self, results: Sequence[Result]) -> None:
        self.engine.doorbell.hint(*self._insist(partial(self._write, results)))

    def _insist(
        self, write: Callable[[sa.Connection], Sequence[ChangeSignal]]
    ) -> Sequence[ChangeSignal]:
        """Wait for a database that is away: what is known now would soon count as unknown."""
        for pause in _PAUSES:
            try:
                return retry_races(self.engine.database, write)
            except UnavailableError:
                sleep(pause)
        return retry_races(self.engine.database, write)

    def _write(
        self, results: Sequence[Result], connection: sa.Connection
    ) -> Sequence[ChangeSignal]:
        # by number, not by place: a visitor may be known by another id since the message left
        visitors = {job.row.visitor_id for job, _ in results if job.row.visitor_id}
        held = Held(
            connection,
            self.engine.rules(),
            self.engine.clock(),
            lock_visitors(connection, visitors),
        )
        handlers = self.plan.handlers
        subjects = [handlers[job.row.kind].subjects(outcome) for job, outcome in results]
        lock_visitor_states(connection, {place for each in subjects for place in each})
        rows = {row.id: row for row in hold_rows(connection, [job.row.id for job, _ in results])}
        results = self._judge_refusals(results, connection)
        ended = [
            Ended(row, outcome, job.what)
            for job, outcome in results
            if (row := rows.get(job.row.id)) and _is_ours(row, job, outcome)
        ]
        self._end_all(ended, held)
        settle_accounts(held, self._by_account(results))
        held.write(rows.values())
        return held.hints()

    def _judge_refusals(
        self, results: Sequence[Result], connection: sa.Connection
    ) -> Sequence[Result]:
        """Blame a row for its refusal if its account has taken others since the one before."""
        again = [job for job, got in results if _is_refused_again(job, got)]
        ways = {job.row.id: key for job in again if (key := self._way(job))}
        accounts = find_accounts(connection, set(ways.values()))
        blamed = {
            job.row.id
            for job in again
            if _is_to_blame(job, accounts.get(ways.get(job.row.id, OWN)))
        }
        return [(job, _blame(got) if job.row.id in blamed else got) for job, got in results]

    def _way(self, job: AnyJob) -> AccountKey | None:
        way = self.plan.handlers[job.row.kind].way
        return (job.row.channel, job.row.account) if way == OWN else way

    def _by_account(self, results: Sequence[Result]) -> dict[AccountKey, Heard]:
        heard: dict[AccountKey, Heard] = {}
        for job, outcome in results:
            handler, key = self.plan.handlers[job.row.kind], self._way(job)
            if key and key[0] and not isinstance(outcome, OurSendError | OurFaultError):
                fresh = Heard(self.plan.fingerprints.get(key, ""), handler.breaks_for)
                heard.setdefault(key, fresh).note(outcome)
        return heard

    def _find_left_behind(self, connection: sa.Connection) -> list[OutboxId]:
        kinds = tuple(self.plan.handlers)
        return find_left_behind(connection, kinds, self.engine.clock(), _AT_ONCE)

    def _recover_some(self, ids: Sequence[OutboxId]) -> None:
        self.engine.doorbell.hint(*retry_races(self.engine.database, partial(self._let_go, ids)))

    def _let_go(self, ids: Sequence[OutboxId], connection: sa.Connection) -> Sequence[ChangeSignal]:
        threads = lock_visitors(connection, find_visitors(connection, ids))
        held = Held(connection, self.engine.rules(), self.engine.clock(), threads)
        rows = [row for row in hold_rows(connection, ids) if row.state is OutboxState.SENDING]
        self._end_all([Ended(row, OutcomeUnknownError(UNCONFIRMED), None) for row in rows], held)
        for row in rows:
            if row.state is OutboxState.PENDING:
                row.due_at = held.now  # its lease was pause enough
        held.write(rows)
        return held.hints()

    def _end_all(self, ended: Sequence[Ended[Any]], held: Held) -> None:
        for kind, handler in self.plan.handlers.items():
            if mine := [each for each in ended if each.row.kind is kind]:
                handler.settle_all(mine, held)


def _is_refused_again(job: AnyJob, outcome: Outcome) -> bool:
    is_refused = isinstance(outcome, SendError) and outcome.trouble is Trouble.REFUSED
    return is_refused and job.row.reason is not None


def _is_to_blame(job: AnyJob, account: Account | None) -> bool:
    if account is None or account.proved_at is None:
        return False
    return account.proved_at > job.row.due_at  # it has been due again since it was refused


def _blame(outcome: Outcome) -> Outcome:
    assert isinstance(outcome, SendError), "asked before"  # noqa: S101
    return UndeliverableError(outcome.reason, Cause.REJECTED)


def _is_ours(row: HeldRow, job: AnyJob, outcome: Outcome) -> bool:
    if row.lease != job.row.lease:
        return False  # another one has it now, or its end is known
    # we were given up, for our time was over or the clock leapt; but what we know is still true
    is_late_news = not isinstance(outcome, SendError | OutcomeUnknownError)
    return row.state is OutboxState.SENDING or (row.state is OutboxState.UNKNOWN and is_late_news)
