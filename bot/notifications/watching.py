"""Looks after the channels: what nobody would notice, since nothing happens any more."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TypeAlias

from bot.ports.channels import Watched
from bot.storage.activity import find_rhythm
from bot.storage.engine import Database
from bot.storage.transactions import read

EVERY = timedelta(minutes=15)
_LOOKS_BACK = timedelta(days=14)
_ENOUGH = 50
"""So many active conversations in that time make a rhythm."""
_AT_LEAST = timedelta(hours=2)
_TIMES = 2
_log = logging.getLogger(__name__)
Trouble: TypeAlias = tuple[str, str, str]
"""Channel, account, and a sentence of ours."""


@dataclass(frozen=True, slots=True)
class Watchman:
    """Looks at all of them."""

    database: Database
    watched: Sequence[Watched]
    clock: Callable[[], datetime]
    check: Callable[[], None]
    """Look at the whole installation, and keep what was found for the operators; blocks."""

    def look(self) -> list[Trouble]:
        """Say what is wrong; blocks while channels are asked."""
        try:
            self.check()
        except Exception:  # noqa: BLE001 - the pages are looked at all the same
            _log.exception("the installation could not be checked")
        found = []
        for one in self.watched:
            words = one.look() or self._hear(one)
            if words:
                found.append((one.channel, one.account, words))
        return found

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
