"""Channel watch: every quarter of an hour a worker looks whether visitors can still be heard."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.notifications.watching import EVERY, AccountSight
from bot.outbox.accounts import settle_accounts
from bot.outbox.contract import Handler, Job, Outcome
from bot.outbox.gates import PROBE_LASTS, STOPPING, Heard
from bot.outbox.holding import Held
from bot.outbox.retrying import Retry
from bot.outbox.stops import begin, end
from bot.storage.outbox.accounts import AccountKey, name_account
from bot.storage.outbox.due import LONG_LEASE
from bot.storage.outbox.held import HeldRow
from bot.storage.outbox.rows import Work
from bot.storage.outbox.stops import Stop


@dataclass(frozen=True, slots=True)
class WatchedAccounts:
    """The findings of a look at all watched accounts."""

    sights: tuple[AccountSight, ...]


@dataclass(frozen=True, eq=False)
class ChannelWatchHandler(Handler[None]):
    """Looks at all channels; what is wrong begins a stop, and what is well again ends it."""

    look: Callable[[], Sequence[AccountSight]]
    """Say what is wrong; blocks while channels are asked."""
    fingerprints: Mapping[AccountKey, str] = field(default_factory=dict)

    kinds = (Work.WATCH,)
    retry = Retry((EVERY,), every=EVERY)
    way = None
    lease = LONG_LEASE

    def consider(self, rows: Sequence[HeldRow], held: Held) -> Iterator[Job[None]]:
        """Look."""
        yield from (Job(row, None) for row in rows if held.may_leave(row))

    def attempt(self, job: Job[None]) -> WatchedAccounts:  # noqa: ARG002 - it is the same each time
        """Ask the channels."""
        return WatchedAccounts(tuple(self.look()))

    def settle(self, row: HeldRow, outcome: Outcome, held: Held) -> None:
        """Begin and end stops."""
        super().settle(row, outcome, held)
        if isinstance(outcome, WatchedAccounts):
            for sight in outcome.sights:
                self._note(sight, held)

    def _note(self, sight: AccountSight, held: Held) -> None:
        key = (sight.channel, sight.account)
        if sight.name:
            name_account(held.connection, key, sight.name, held.now)
        if sight.refusal and sight.refusal.trouble in STOPPING:
            heard = Heard(self.fingerprints.get(key, ""), PROBE_LASTS, [sight.refusal])
            settle_accounts(held, {key: heard})
        for cause, words in sight.alarms.items():
            if words:
                begin(held, Stop(*key, cause, words, held.now))
            else:
                end(held, key, [cause])
