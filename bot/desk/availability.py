"""Availability of the team, for the rules that depend on it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from bot.ports.errors import UnavailableError
from bot.runtime.background import run_beside
from bot.storage.database.engine import Database
from bot.storage.database.transactions import read
from bot.storage.team.agents import StoredAgent, list_agents
from config.rules import Availability, CaptureRules

SEEN_WITHIN = timedelta(minutes=2)
"""Who had the inbox open so recently is there."""
TRUE_FOR = timedelta(seconds=1)
NOBODY_YET = "away since the beginning"


class TeamAvailability:
    """Gives the rules of this moment; cheap enough to be asked for each decision."""

    def __init__(
        self,
        database: Database,
        rules: Callable[[], CaptureRules],
        clock: Callable[[], datetime],
        *,
        true_for: timedelta = TRUE_FOR,
    ) -> None:
        """Look at nothing yet."""
        self._database = database
        self._base = rules
        self._clock = clock
        self._true_for = true_for
        self._period: str | None = NOBODY_YET
        self._looked_at: datetime | None = None

    def rules(self) -> CaptureRules:
        """Give the rules after a look at who is there, unless that was done just now; may block."""
        now = self._clock()
        if self._matters() and not self._is_fresh(now):
            with suppress(UnavailableError):  # then what was last known is as good as anything
                self._period = away_since(read(self._database, list_agents), now)
                self._looked_at = now
        return self.last_known_rules()

    def last_known_rules(self) -> CaptureRules:
        """Give the rules without looking."""
        rules = self._base()
        if rules.availability is not Availability.AGENTS:
            return rules
        return replace(rules, agents_away_since=self._period)

    async def keep_looking(self, _app: object = None) -> AsyncIterator[None]:
        """Look again and again for as long as the generator is held."""
        if not self._matters():
            yield
            return
        await asyncio.to_thread(self.rules)
        async for _ in run_beside(self._look_again_and_again):
            yield

    async def _look_again_and_again(self) -> None:
        while True:
            await asyncio.sleep(self._true_for.total_seconds())
            await asyncio.to_thread(self.rules)

    def _matters(self) -> bool:
        return self._base().availability is Availability.AGENTS

    def _is_fresh(self, now: datetime) -> bool:
        return self._looked_at is not None and abs(now - self._looked_at) < self._true_for


def away_since(agents: list[StoredAgent], now: datetime) -> str | None:
    """Name the period in which nobody is there; None: somebody is.

    The name stays the same until somebody comes, whatever else the team does meanwhile.
    """
    ends = [end for agent in agents if (end := _end_of_presence(agent))]
    last = max(ends, default=None)
    if last is None:
        return NOBODY_YET
    return None if now < last else f"away since {last.isoformat()}"


def _end_of_presence(agent: StoredAgent) -> datetime | None:
    """Say until when somebody is there, as far as we know now; None: never was."""
    if agent.seen_at is None:
        return None
    end = agent.seen_at + SEEN_WITHIN if agent.available else agent.available_at
    return min(end, agent.disabled_at) if agent.disabled_at else end
