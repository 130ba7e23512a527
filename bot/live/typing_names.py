"""What an agent who is typing is called: as the database has it, whatever a hint says."""

import asyncio
import time
from collections.abc import Callable, Mapping

from bot.core.model import Author
from bot.ports.errors import UnavailableError
from bot.ports.signals import ChangeSignal, SignalKind

_GOOD_FOR = 60.0  # seconds
_AT_MOST_EVERY = 5.0
FindNames = Callable[[], Mapping[int, str]]


class TypingNames:
    """Remembers for a while what the agents are called that visitors may hear of."""

    def __init__(self, find: FindNames) -> None:
        """Know nobody yet; `find` gives names by ids, and blocks."""
        self._find = find
        self._names: Mapping[int, str] = {}
        self._read_at = -_GOOD_FOR

    async def fill_in(self, hint: ChangeSignal) -> ChangeSignal | None:
        """Give a hint its agent's name; None: there is no such agent."""
        if hint.kind is not SignalKind.TYPING:
            return hint
        if hint.author is not Author.AGENT:
            return hint._replace(name="")
        name = await self._name(hint.seq)
        return None if name is None else hint._replace(name=name)

    async def _name(self, agent: int) -> str | None:
        age = time.monotonic() - self._read_at
        if age >= _GOOD_FOR or (agent not in self._names and age >= _AT_MOST_EVERY):
            self._read_at = time.monotonic()
            try:
                self._names = await asyncio.to_thread(self._find)
            except UnavailableError:
                self._names = {}
        return self._names.get(agent)
