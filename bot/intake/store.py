"""Writes groups, and finds in them what can't be stored now, or ever.

What the database refuses is halved until it stands alone: that becomes a dead letter, and the rest
lives. What another transaction holds up is left for later, and the rest does not wait for it.
"""

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from bot.core.arrivals import Arrival, Fault, Taken
from bot.core.model import VisitorKey
from bot.intake.record import record
from bot.intake.waiting import Request
from bot.ports.errors import HeldError, SlowError, UnavailableError
from bot.ports.signals import ChangeSignal
from bot.runtime.failpoints import failpoint
from bot.runtime.outages import Outage
from bot.storage.database.causes import name_of
from bot.storage.database.engine import Database
from bot.storage.database.proof import prove_writable
from bot.storage.database.transactions import retry_races
from bot.storage.visitors.visitor_states import find_held
from config.rules import CaptureRules

_AT_ONCE = 0.5  # seconds
_Faults = list[tuple[str, Fault]]


@dataclass(slots=True)
class Stored:
    """Results of commits."""

    answers: list[tuple[Request, list[Taken | None]]] = field(default_factory=list)
    """For each arrival of a request, in their order; None: it was known or can't be stored."""
    held: list[Request] = field(default_factory=list)
    """What another transaction holds up, in the order in which it came."""
    due: list[int] = field(default_factory=list)
    hints: list[ChangeSignal] = field(default_factory=list)

    def add(self, other: "Stored") -> None:
        """Take what another group has brought about as well."""
        self.answers += other.answers
        self.held += other.held
        self.due += other.due
        self.hints += other.hints


@dataclass(slots=True)
class _Written:
    taken: list[Taken | None]
    due: list[int]
    hints: list[ChangeSignal]

    def __add__(self, other: "_Written") -> "_Written":
        return _Written(self.taken + other.taken, self.due + other.due, self.hints + other.hints)


class Store:
    """Writes into the database; any thread may."""

    def __init__(
        self,
        database: Database,
        rules: Callable[[], CaptureRules],
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._rules = rules
        self._clock = clock
        self._burials = Outage("storing an event")

    def take(self, requests: Sequence[Request]) -> Stored:
        """Store what can be stored now; raises UnavailableError if that is nothing."""
        arrivals = [arrival for request in requests for arrival in request.arrivals]
        faults = [(request.channel, fault) for request in requests for fault in request.faults]
        try:
            written = self._write_or_bury(arrivals, faults)
        except HeldError:
            return self._take_apart(requests)
        return Stored(_share_out(requests, written.taken), [], written.due, written.hints)

    def find_held(self, places: Collection[VisitorKey]) -> set[VisitorKey]:
        """Say whose rows another transaction holds just now; waits for nobody."""
        return retry_races(self._database, lambda connection: find_held(connection, places))

    def _take_apart(self, requests: Sequence[Request]) -> Stored:
        held = self.find_held({place for request in requests for place in request.places})
        free, waiting = _part(requests, held)
        if waiting:
            return self._take_each([free], Stored(held=waiting))
        if len(requests) == 1:  # it waits for something else than a visitor's row
            requests[0].goes_alone = True
            return Stored(held=[*requests])
        half = len(requests) // 2
        return self._take_each([requests[:half], requests[half:]], Stored())

    def _take_each(self, parts: Sequence[Sequence[Request]], stored: Stored) -> Stored:
        for part in parts:
            held = {place for request in stored.held for place in request.places}
            free, waiting = _part(part, held)
            if free:
                stored.add(self.take(free))
            stored.held += waiting
        return stored

    def _write_or_bury(self, arrivals: Sequence[Arrival], faults: _Faults) -> _Written:
        try:
            return self._write(arrivals, faults)
        except SlowError as error:
            if not self._takes_a_little_at_once():
                raise
            reason: Exception = error
        except UnavailableError:
            raise
        except Exception as error:  # noqa: BLE001 - one event must not hurt the others
            reason = error
        if len(arrivals) <= 1:
            return self._bury(arrivals, faults, reason)
        half = len(arrivals) // 2
        first = self._write_or_bury(arrivals[:half], [])
        return first + self._write_or_bury(arrivals[half:], faults)

    def _takes_a_little_at_once(self) -> bool:
        started = time.monotonic()
        try:
            retry_races(self._database, prove_writable)
        except UnavailableError:
            return False
        return time.monotonic() - started < _AT_ONCE

    def _bury(self, arrivals: Sequence[Arrival], faults: _Faults, error: Exception) -> _Written:
        reason = f"could not be stored ({name_of(error)})"
        self._burials.note(reason, error)
        letters = [
            (one.place.channel, Fault(one.raw, reason, one.place.account)) for one in arrivals
        ]
        return _Written([None] * len(arrivals), [], []) + self._write([], faults + letters)

    def _write(self, arrivals: Sequence[Arrival], faults: _Faults) -> _Written:
        written = retry_races(
            self._database, lambda connection: self._save(connection, arrivals, faults)
        )
        failpoint("intake.after_commit")
        return written

    def _save(
        self, connection: sa.Connection, arrivals: Sequence[Arrival], faults: _Faults
    ) -> _Written:
        decided = record(connection, arrivals, self._rules(), self._clock())
        for channel, fault in faults:
            decided.batch.add_fault(channel, fault)
        failpoint("intake.before_commit")
        due = decided.save(last=True)
        return _Written(decided.taken, due, decided.batch.hints())


def _part(
    requests: Sequence[Request], held: Collection[VisitorKey]
) -> tuple[list[Request], list[Request]]:
    """Tell requests of these visitors, and what must come after them, from the others."""
    blocked, free, waiting = set(held), list[Request](), list[Request]()
    for request in requests:
        if request.places.isdisjoint(blocked):
            free.append(request)
        else:
            blocked |= request.places
            waiting.append(request)
    return free, waiting


def _share_out(
    requests: Sequence[Request], taken: list[Taken | None]
) -> list[tuple[Request, list[Taken | None]]]:
    shares, start = [], 0
    for request in requests:
        end = start + len(request.arrivals)
        shares.append((request, taken[start:end]))
        start = end
    return shares
