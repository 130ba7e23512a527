"""When a row that failed is tried again, and when it is given up."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Retry:
    """The pauses between the attempts at a row of one kind."""

    pauses: tuple[timedelta, ...]
    """After the first failed attempt, the second…; the last one counts for all others."""
    most: int | None = None
    """How many more attempts follow the first; None: only the row's deadline ends them."""
    every: timedelta | None = None
    """How long a row that recurs waits after a success; it is never given up."""

    def pause(self, attempts: int) -> timedelta:
        """Say how long to wait after so many attempts."""
        return self.pauses[min(max(attempts, 1), len(self.pauses)) - 1]

    def is_spent(self, attempts: int) -> bool:
        """Say whether no more attempts follow after so many."""
        return self.most is not None and self.every is None and attempts > self.most


def doubling(first: timedelta, longest: timedelta) -> tuple[timedelta, ...]:
    """Write down pauses of which each is twice the one before."""
    if first >= longest:
        return (longest,)
    return (first, *doubling(2 * first, longest))
