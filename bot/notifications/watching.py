"""Looks after the channels: what nobody would notice, since nothing happens any more."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from bot.ports.channels import Watched
from bot.ports.errors import SendError
from bot.storage.database.engine import Database
from bot.storage.database.transactions import read
from bot.storage.operations.activity import find_rhythm
from bot.storage.outbox.stops import StopCause

EVERY = timedelta(minutes=15)
_LOOKS_BACK = timedelta(days=14)
_ENOUGH = 50
"""So many active conversations in that time make a rhythm."""
_AT_LEAST = timedelta(hours=2)
_TIMES = 2
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class AccountSight:
    """The findings of a look at one account."""

    channel: str
    account: str
    name: str = ""
    refusal: SendError | None = None
    """Why the channel does not let us in."""
    alarms: dict[StopCause, str | None] = field(default_factory=dict)
    """By what was looked for, the words about it; None: all is well."""


@dataclass(frozen=True, slots=True)
class Watchman:
    """Looks at all of them."""

    database: Database
    watched: Sequence[Watched]
    clock: Callable[[], datetime]
    check: Callable[[], None]
    """Look at the whole installation, and keep what was found for the operators; blocks."""

    def look(self) -> list[AccountSight]:
        """Say what is wrong, and what is well; blocks while channels are asked."""
        try:
            self.check()
        except Exception:  # noqa: BLE001 - the pages are looked at all the same
            _log.exception("the installation could not be checked")
        return [self._look_at(one) for one in self.watched]

    def _look_at(self, one: Watched) -> AccountSight:
        sight = AccountSight(one.channel, one.account)
        sight.alarms[StopCause.SILENT] = self._hear(one)
        try:
            sight.name = one.knock()
            sight.alarms[StopCause.DEAF] = one.listen()
        except SendError as error:
            sight.refusal = error
        return sight

    def _hear(self, one: Watched) -> str | None:
        now = self.clock()
        since = now - _LOOKS_BACK
        moments = read(
            self.database, lambda held: find_rhythm(held, one.channel, one.account, since)
        )
        if not is_unusually_silent(moments, now):
            return None
        hours = (now - moments[0]) // timedelta(hours=1)
        return (
            f"Nobody has written for {hours} hours, which is unusual."
            f" Does {one.service} still deliver?"
        )


def is_unusually_silent(moments: Sequence[datetime], now: datetime) -> bool:
    """Compare the time since the latest moment with the longest pause before it."""
    if len(moments) < _ENOUGH:
        return False
    longest = max(later - earlier for later, earlier in pairwise(moments))
    return now - moments[0] > max(_TIMES * longest, _AT_LEAST)
