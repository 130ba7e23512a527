"""Tells which of the things that happen again and again are worth a log line."""

import threading
import time
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from datetime import timedelta

EVERY = timedelta(minutes=1)
_MOST = 1_000


@dataclass(slots=True)
class _Seen:
    said_at: float
    left_out: int = 0


class Sampler:
    """Lets each thing be said at once, and then at most once a minute with its number."""

    def __init__(
        self, every: timedelta = EVERY, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Have seen nothing yet."""
        self._every = every.total_seconds()
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: dict[Hashable, _Seen] = {}

    def count(self, what: Hashable) -> int:
        """Count a thing; say how many there are to tell now, 0: not now."""
        with self._lock:
            seen = self._seen.get(what)
            if seen is None:
                self._make_room()
                self._seen[what] = _Seen(self._clock())
                return 1
            seen.left_out += 1
            return self._take(seen)

    def take_due(self) -> Iterator[tuple[Hashable, int]]:
        """Give what has been left out for a minute, with its number."""
        with self._lock:
            due = [(what, self._take(seen)) for what, seen in self._seen.items() if seen.left_out]
        yield from ((what, number) for what, number in due if number)

    def forget(self, what: Hashable) -> int:
        """Begin anew with a thing; say how many were not told."""
        with self._lock:
            seen = self._seen.pop(what, None)
        return seen.left_out if seen else 0

    def _take(self, seen: _Seen) -> int:
        now = self._clock()
        # `abs` because a clock may be set back
        if abs(now - seen.said_at) < self._every:
            return 0
        number, seen.said_at, seen.left_out = seen.left_out, now, 0
        return number

    def _make_room(self) -> None:
        while len(self._seen) >= _MOST:
            del self._seen[next(iter(self._seen))]
