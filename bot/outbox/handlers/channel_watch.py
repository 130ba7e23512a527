"""Channel watch: every quarter of an hour somebody looks whether visitors can still be heard."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bot.notifications.watching import EVERY, Trouble
from bot.outbox.contract import Handler, Job, Outcome
from bot.outbox.holding import Held
from bot.outbox.retrying import Retry
from bot.storage.outbox.announcements import Announcement, announce
from bot.storage.outbox.due import LONG_LEASE
from bot.storage.outbox.held import HeldRow
from bot.storage.outbox.rows import Work


@dataclass(frozen=True, slots=True)
class ChannelTroubles:
    """The handler that watches channels' accounts."""

    troubles: tuple[Trouble, ...]


@dataclass(frozen=True, eq=False)
class ChannelWatchHandler(Handler[None]):
    """Looks at all channels, and tells the team what is wrong."""

    look: Callable[[], Sequence[Trouble]]
    """Say what is wrong; blocks while channels are asked."""

    kinds = (Work.WATCH,)
    retry = Retry((EVERY,), every=EVERY)
    way = None
    lease = LONG_LEASE

    def consider(self, rows: Sequence[HeldRow], held: Held) -> Iterator[Job[None]]:
        """Look."""
        yield from (Job(row, None) for row in rows if held.may_leave(row))

    def attempt(self, job: Job[None]) -> ChannelTroubles:  # noqa: ARG002 - it is the same each time
        """Ask the channels."""
        return ChannelTroubles(tuple(self.look()))

    def settle(self, row: HeldRow, outcome: Outcome, held: Held) -> None:
        """Announce what is wrong."""
        super().settle(row, outcome, held)
        if isinstance(outcome, ChannelTroubles) and outcome.troubles:
            announce(held.connection, Announcement(troubles=outcome.troubles), held.now)
