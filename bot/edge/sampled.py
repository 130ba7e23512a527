"""Warnings of what strangers may cause thousands of times a second."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

BETWEEN_WARNINGS = timedelta(seconds=10)


@dataclass(slots=True)
class SampledWarning:
    """Writes one line for many occurrences, with their number since the last line."""

    log: logging.Logger
    words: str
    now: Callable[[], float] = time.monotonic
    _unsaid: int = 0
    _said_at: float | None = None

    def note(self) -> None:
        """Count an occurrence, and say so if nothing was said of late."""
        self._unsaid += 1
        now = self.now()
        # `abs` because a clock may be set back
        if self._said_at is None or abs(now - self._said_at) >= BETWEEN_WARNINGS.total_seconds():
            self.log.warning(self.words, extra={"count": self._unsaid})
            self._unsaid, self._said_at = 0, now
