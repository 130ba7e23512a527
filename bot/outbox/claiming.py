"""Takes what is due into a worker's hand, after a last look at whether it should still happen."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias

import sqlalchemy as sa

from bot.core.model import OutboxId
from bot.outbox.contract import Engine, Job, LanePlan, Tier
from bot.outbox.faults import find_faulty, put_off
from bot.outbox.holding import Held, Room
from bot.ports.signals import ChangeSignal
from bot.storage.database.transactions import read, retry_races
from bot.storage.outbox.accounts import AccountKey
from bot.storage.outbox.due import OWN, find_due, hold_due
from bot.storage.outbox.held import HeldRow, hold_rows
from bot.storage.visitors.visitor_states import lock_visitors
from config.rules import CaptureRules

AnyJob: TypeAlias = Job[Any]  # Any: only its handler looks into it
_LOOK_AHEAD = 4  # times: several workers look at once, and the first rows go to the first of them


@dataclass(slots=True)
class TakenJobs:
    """The jobs that one worker has taken, and the conversations that taking changed."""

    jobs: list[AnyJob] = field(default_factory=list)
    hints: list[ChangeSignal] = field(default_factory=list)
    found: bool = False
    """Something was due: there may be more, even where nothing had to be taken."""
    moved: bool = False
    """Something became of it; else another worker holds it just now."""

    def add(self, other: "TakenJobs") -> None:
        """Count what another transaction took as well."""
        self.jobs += other.jobs
        self.hints += other.hints
        self.moved |= other.moved


@dataclass(frozen=True, slots=True)
class Claiming:
    """One round of a lane: find due rows and take them.

    The number of statements does not depend on the number of rows.
    """

    engine: Engine
    plan: LanePlan
    most: int
    """How many jobs there may be beside those under way."""
    under_way: Sequence[AnyJob]
    taken: TakenJobs = field(default_factory=TakenJobs)

    def take(self) -> TakenJobs:
        """Take what may be taken, of the most urgent tier first."""
        if self.most > 0:
            # before asking for the right to write: nothing due must cost next to nothing
            for tier, ids in read(self.engine.database, self._look):
                self.taken.found = True
                self._take_from(tier, ids)
        return self.taken

    def _look(self, connection: sa.Connection) -> list[tuple[Tier, list[OutboxId]]]:
        now, busy, limit = self.engine.clock(), self._room().busy(), _LOOK_AHEAD * self.most
        tiers = self.plan.tiers
        found = [(tier, find_due(connection, tier.queue, now, limit, busy)) for tier in tiers]
        return [(tier, ids) for tier, ids in found if ids]

    def _take_from(self, tier: Tier, ids: list[OutboxId]) -> None:
        """Take what can be taken; a row at which that fails is found and put off."""
        engine = self.engine
        for faulty in find_faulty(ids, partial(self._take_some, tier)):
            act = partial(put_off, id=faulty, tier=tier, now=engine.clock())
            retry_races(engine.database, act)
            self.taken.moved = True

    def _take_some(self, tier: Tier, ids: Sequence[OutboxId]) -> None:
        limit = self.most - len(self.taken.jobs)
        if limit > 0:
            act = partial(self._hold, tier, ids, limit)
            self.taken.add(retry_races(self.engine.database, act))

    def _hold(
        self, tier: Tier, ids: Sequence[OutboxId], limit: int, connection: sa.Connection
    ) -> TakenJobs:
        now, queue = self.engine.clock(), tier.queue
        rows = hold_rows(connection, hold_due(connection, ids, queue, now, limit))
        rows = [row for row in rows if row.is_due(queue, now)]
        if not rows:
            return TakenJobs()
        rules = self.engine.rules()
        threads = lock_visitors(connection, {row.visitor_id for row in rows if row.visitor_id})
        held = Held(connection, rules, now, threads, self._room())
        held.open_gates(_ways(tier, rows, rules), holds_all=tier.holds_accounts)
        jobs = list(_consider(tier, rows, held))
        held.write(rows)
        return TakenJobs(jobs, list(held.hints()), moved=True)

    def _room(self) -> Room:
        room = Room(self.plan.to_each_target)
        room.under_way.update(job.row.target for job in (*self.under_way, *self.taken.jobs))
        return room


def _ways(tier: Tier, rows: Sequence[HeldRow], rules: CaptureRules) -> dict[OutboxId, AccountKey]:
    match tier.queue.way:
        case None:
            return {}
        case way if way != OWN:
            return {row.id: way for row in rows}
        case _:
            itself = {row.channel: rules.for_channel(row.channel).row_is_delivery for row in rows}
            outside = [row for row in rows if row.channel and not itself[row.channel]]
            return {row.id: (row.channel, row.account) for row in outside}


def _consider(tier: Tier, rows: Sequence[HeldRow], held: Held) -> Iterator[AnyJob]:
    for handler in tier.handlers:
        mine = [row for row in rows if row.kind in handler.kinds]
        for job in handler.consider(mine, held) if mine else ():
            held.let_leave(job.row)
            job.row.take(secrets.token_hex(8), held.now + handler.lease, held.now)
            yield job
