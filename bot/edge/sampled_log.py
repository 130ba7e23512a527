"""A log line for what strangers can bring about as often as they like."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta

_EVERY = timedelta(minutes=1)


class SampledLog:
    """Writes one phrase at once, then at most once a minute, with how often it was left out."""

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
        self._silent_until: float | None = None
        self._left_out = 0

    def say(self, **details: object) -> None:
        """Write the phrase as a warning with its details, or count it."""
        now = self._clock()
        if self._silent_until is not None and now < self._silent_until:
            self._left_out += 1
            return
        if self._left_out:
            details["left_out_since"] = self._left_out
        self._silent_until, self._left_out = now + self._every, 0
        self._log.warning(self._phrase, extra=details)
