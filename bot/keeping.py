"""Deletes what is not kept any more, and what was erased: a little at a time, beside all else."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.core.automatic import REPEATED_WITHIN
from bot.storage.database.engine import Database
from bot.storage.database.sweeps import (
    OLD_DOMAINS,
    OLD_ECHOES,
    OLD_ENTRIES,
    OLD_ERASURES,
    OLD_LETTERS,
    OLD_REQUESTS,
    OLD_VISITORS,
    OLD_WORK,
    Key,
    Sweep,
    SweptStretch,
    let_expire,
    look_through,
    sweep_away,
)
from bot.storage.database.transactions import read, retry_races
from bot.storage.forgetting.erasing_steps import take_step
from bot.storage.mails.original_mails import find_old_originals, forget_originals
from config.keeping import Keeping

_RESTS = timedelta(minutes=1)
_RESTS_LONG = timedelta(hours=1)
_AT_ONCE = timedelta(milliseconds=200)


@dataclass(slots=True)
class _Walk:
    """How far a sweep has come in this process; another one begins anew, and finds less."""

    sweep: Sweep
    kept: timedelta
    rests: timedelta = _RESTS_LONG
    after: Key | None = None
    again_at: datetime | None = None

    def rest(self, now: datetime) -> None:
        """Begin again later."""
        self.after, self.again_at = None, now + self.rests


@dataclass(slots=True)
class Keeper:
    """Does one small step after the other; any number of them may be at it."""

    database: Database
    clock: Callable[[], datetime]
    keeping: Keeping = field(default_factory=Keeping)
    _walks: list[_Walk] = field(init=False)
    _forgets_at: datetime | None = None

    def __post_init__(self) -> None:
        """Have nothing looked through yet."""
        self._walks = list(_walks(self.keeping))

    def work(self, patience: timedelta = _AT_ONCE) -> bool:
        """Take steps for a moment; False: there is nothing to do for now."""
        end = time.monotonic() + patience.total_seconds()
        while self.step():
            if time.monotonic() >= end:
                return True
        return False

    def step(self) -> bool:
        """Take one step: what was erased goes before what is old. False: there is none."""
        if take_step(self.database):
            return True
        now = self.clock()
        if self.forget_mails(now):
            return True
        walk = next((one for one in self._walks if not one.again_at or one.again_at <= now), None)
        if walk is None:
            return False
        self._go_on(walk, now)
        return True

    def forget_mails(self, now: datetime) -> bool:
        """Delete a few mails that the team has had for long enough; True: there may be more."""
        if self._forgets_at is not None and now < self._forgets_at:
            return False
        old = read(self.database, lambda held: find_old_originals(held, now))
        if not old:
            self._forgets_at = now + _RESTS
            return False
        retry_races(self.database, lambda held: forget_originals(held, old))
        return True

    def _go_on(self, walk: _Walk, now: datetime) -> None:
        before = now - walk.kept

        def look(connection: sa.Connection) -> SweptStretch | None:
            return look_through(connection, walk.sweep, walk.after, before)

        stretch = read(self.database, look)
        if stretch is None:
            walk.rest(now)
            return
        if stretch.old:
            retry_races(self.database, lambda held: _sweep(held, walk.sweep, stretch, before, now))
        walk.after = stretch.last


def _walks(keeping: Keeping) -> Iterator[_Walk]:
    yield _Walk(OLD_WORK, keeping.outbox, _RESTS)
    yield _Walk(OLD_LETTERS, keeping.dead_letters)
    yield _Walk(OLD_ENTRIES, keeping.audit)
    yield _Walk(OLD_REQUESTS, keeping.audit)
    yield _Walk(OLD_ERASURES, keeping.audit)
    yield _Walk(OLD_DOMAINS, keeping.audit)
    yield _Walk(OLD_ECHOES, REPEATED_WITHIN)
    if keeping.conversations:
        yield _Walk(OLD_VISITORS, keeping.conversations)


def _sweep(
    connection: sa.Connection, sweep: Sweep, stretch: SweptStretch, before: datetime, now: datetime
) -> None:
    if sweep is OLD_VISITORS:
        let_expire(connection, stretch.old, before, now)
    else:
        sweep_away(connection, sweep, stretch.old, before)
