"""Search lines of older rows: written in small steps, until a search finds every message."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeAlias

from bot.outbox.contract import Handler, Job, Outcome
from bot.outbox.holding import Held
from bot.outbox.retrying import Retry
from bot.storage.outbox.held import HeldRow
from bot.storage.outbox.rows import Work

EVERY = timedelta(minutes=1)
"""How often it is looked whether a former version has written rows without lines."""
_SOON = timedelta(seconds=1)
_LASTS = 20.0  # seconds
_LONGEST_PAUSE = 0.5  # seconds
Step: TypeAlias = Callable[[Mapping[str, int]], dict[str, int]]
"""Writes some lines below these ids, and returns the ids to go on below; none: all is done."""


@dataclass(frozen=True, slots=True)
class LinesMissing:
    """The outcome of an attempt that has not come to the end."""


@dataclass(frozen=True, eq=False)
class SearchLinesHandler(Handler[None]):
    """Writes the search lines that are missing, and rests as long as each step takes."""

    step: Step
    _is_over: threading.Event = field(default_factory=threading.Event)

    kinds = (Work.WRITE_SEARCH_LINES,)
    retry = Retry((EVERY,), every=EVERY)
    way = None

    def consider(self, rows: Sequence[HeldRow], held: Held) -> Iterator[Job[None]]:
        """Look whether lines are missing."""
        yield from (Job(row, None) for row in rows if held.may_leave(row))

    def attempt(self, job: Job[None]) -> LinesMissing | None:  # noqa: ARG002 - it is the same each time
        """Write lines for a while."""
        begun = time.monotonic()
        below: Mapping[str, int] = {}
        while not self._is_over.is_set() and time.monotonic() - begun < _LASTS:
            started = time.monotonic()
            below = self.step(below)
            if not below:
                return None
            self._is_over.wait(min(time.monotonic() - started, _LONGEST_PAUSE))
        return LinesMissing()

    def settle(self, row: HeldRow, outcome: Outcome, held: Held) -> None:
        """Go on soon while lines are missing."""
        super().settle(row, outcome, held)
        if isinstance(outcome, LinesMissing):
            row.come_round(held.now + _SOON)

    def break_off(self) -> None:
        """End after the step that is under way."""
        self._is_over.set()
