"""The doorbell: it wakes workers and tells every process where to look again."""

from typing import Protocol

from bot.ports.signals import ChangeSignal


class Doorbell(Protocol):
    """Wakes a worker; a ring may be lost, for the clock rings again."""

    def ring(self, *outbox_ids: int) -> None:
        """Never blocks, never raises."""
        ...

    def hint(self, *hints: ChangeSignal) -> None:
        """Tell every process where to look again; never blocks, never raises."""
        ...
