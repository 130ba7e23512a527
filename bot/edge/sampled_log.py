"""A log line for what strangers can bring about as often as they like."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta

_EVERY = timedelta(minutes=1)


class SampledLog:
    """Writes one phrase at once, then at most once a minute, with its number since then."""

    def __init__(
        self,
        log: logging.Logger,
        phrase: str,
        *,
        every: timedelta = _EVERY,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._log = log
        self._phrase = phrase
        self._every = every.total_seconds()
        self._clock = clock
        self._said_at: float | None = None
        self._left_out = 0

    def say(self, **details: object) -> None:
        """Write the phrase as a warning with its details, or count it."""
        now = self._clock()
        # `abs` because a clock may be set back
        if self._said_at is not None and abs(now - self._said_at) < self._every:
            self._left_out += 1
            return
        count, self._left_out = self._left_out + 1, 0
        self._said_at = now
        self._log.warning(self._phrase, extra={**details, "count": count})
