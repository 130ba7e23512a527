"""Tells in the log that something fails and that it works again, not each time that it is tried."""

import logging
import threading
import time
from collections.abc import Callable

_AGAIN = 10.0  # seconds
_log = logging.getLogger(__name__)


class Outage:
    """Something that may fail for a while; any thread may say so."""

    def __init__(self, what: str, clock: Callable[[], float] = time.monotonic) -> None:
        """Name what it is, as a log line begins: "the database"."""
        self._what = what
        self.level = logging.WARNING
        self._clock = clock
        self._lock = threading.Lock()
        self._began: float | None = None
        self._said_at: float | None = None
        self._is_told = False
        self._times = 0

    def note(self, cause: str, error: Exception | None = None) -> None:
        """Tell that it failed, and why: at once, and then every ten seconds.

        An `error` whose place is worth knowing is written with its traceback.
        """
        with self._lock:
            now = self._clock()
            if self._began is None:
                self._began, self._is_told, self._times = now, False, 0
            self._times += 1
            if self._said_at is not None and now - self._said_at < _AGAIN:
                return
            extra = {"cause": cause, "times": self._times}
            _log.log(self.level, "%s failed", self._what, extra=extra, exc_info=error)
            self._said_at, self._is_told = now, True

    def end(self) -> None:
        """Tell that it works again; this costs nothing where it has not failed."""
        if self._began is None:
            return
        with self._lock:
            if self._began is not None and self._is_told:
                seconds = round(self._clock() - self._began, 1)
                extra = {"seconds": seconds, "times": self._times}
                _log.log(self.level, "%s works again", self._what, extra=extra)
            self._began = None
