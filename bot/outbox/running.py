"""Keeps a lane going in a thread of its own: when it is rung for, and with every beat."""

import logging
import threading
from datetime import timedelta

from bot.outbox.lane import Lane
from bot.ports.errors import UnavailableError

BEAT = timedelta(seconds=1)
_log = logging.getLogger(__name__)


class LaneThread:
    """A lane's thread: no chat waits for it, and it waits for no doorbell."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        self._rung = threading.Event()
        self._thread = threading.Thread(target=self._run, name=lane.name)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def ring(self) -> None:
        """Have the lane look at once; never blocks."""
        self._rung.set()

    def stop(self) -> None:
        """Begin nothing new; what is under way is finished, or broken off where it may be."""
        self._lane.stop()  # no more: a signal's handler must wait for no lock

    def close(self) -> None:
        """Stop, and wait until what is under way is finished."""
        self.stop()
        self._rung.set()
        if self._thread.is_alive():
            self._thread.join()
        self._lane.close()

    def _run(self) -> None:
        while not self._lane.is_stopping:
            try:
                self._lane.work()
            except UnavailableError:  # the log has it already
                pass
            except Exception:  # noqa: BLE001 - the next beat comes
                _log.exception("a lane failed", extra={"lane": self._lane.name})
            self._rung.wait(BEAT.total_seconds())
            self._rung.clear()
