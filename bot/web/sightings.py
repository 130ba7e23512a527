"""Sightings of this process's requests, kept for `./run check`."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping

from bot.ports.errors import UnavailableError
from bot.runtime.background import run_beside
from bot.storage.operations.sightings import SightingKind

_AGAIN_AFTER = 3_600.0  # seconds


class Sightings:
    """Takes note without waiting, and keeps each kind at most once an hour."""

    def __init__(self, keep: Callable[[SightingKind, Mapping[str, str] | None], None]) -> None:
        """`keep` stores one kind with its details, or forgets it without any; it blocks."""
        self._keep = keep
        self._kept: dict[SightingKind, float] = {}
        self._waiting: dict[SightingKind, Mapping[str, str] | None] = {}
        self._any = asyncio.Event()

    def note(self, what: SightingKind, detail: Mapping[str, str]) -> None:
        """Remember what was seen."""
        now = time.monotonic()
        if now - self._kept.get(what, -_AGAIN_AFTER) >= _AGAIN_AFTER:
            self._kept[what] = now
            self._waiting[what] = detail
            self._any.set()

    def take_back(self, what: SightingKind) -> None:
        """Forget what this process has seen, since it no longer holds."""
        if self._kept.pop(what, None) is not None:
            self._waiting[what] = None
            self._any.set()

    def run(self, _app: object = None) -> AsyncIterator[None]:
        """Keep for as long as the generator is held, as aiohttp holds a cleanup context."""
        return run_beside(self._keep_on)

    async def _keep_on(self) -> None:
        while True:
            await self._any.wait()
            self._any.clear()
            while self._waiting:
                what, detail = self._waiting.popitem()
                try:
                    await asyncio.to_thread(self._keep, what, detail)
                except UnavailableError:  # the log has said it, and it will be seen again
                    self._kept.pop(what, None)
