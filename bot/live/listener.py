"""Tells whoever shows a conversation when to look again.

Each process holds one Redis subscription. Without Redis it asks the database every few seconds, for
all its conversations at once; with it, now and then, since a hint may be lost.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection, Container, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import assert_never

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from bot.core.model import VisitorKey
from bot.live.typing_names import FindNames, TypingNames
from bot.ports.errors import UnavailableError
from bot.ports.signals import SIGNALS, ChangeSignal, SignalKind, read_signals, room_of
from bot.ports.visitor_view import ConversationProgress, Overhearer, Watcher
from bot.runtime.background import run_beside

POLL_EVERY = timedelta(seconds=5)
SWEEPS = 12
"""While Redis is there, only every twelfth poll takes place."""
_AT_ONCE = 1_000
_PATIENCE = 2.0  # seconds
_NOBODY = ConversationProgress()
_log = logging.getLogger(__name__)


class _Everywhere:
    def __contains__(self, _room: object) -> bool:
        return True


_EVERYWHERE: Container[int] = _Everywhere()
FindStates = Callable[[Collection[VisitorKey]], Mapping[VisitorKey, ConversationProgress]]


class SignalListener:
    """The signal listener of one process."""

    def __init__(
        self,
        redis_url: str,
        find_states: FindStates,
        *,
        find_names: FindNames = dict,
        poll_every: timedelta = POLL_EVERY,
    ) -> None:
        """Open nothing yet; `find_states` blocks, and so does `find_names`, of agents by ids."""
        self._redis_url = redis_url
        self._find_states = find_states
        self._names = TypingNames(find_names)
        self._poll_every = poll_every.total_seconds()
        self._watchers: dict[int, tuple[tuple[VisitorKey, Watcher], ...]] = {}
        self._overhearers: list[Overhearer] = []
        self.is_subscribed = False

    def join(self, place: VisitorKey, watcher: Watcher) -> None:
        """Begin to watch."""
        room = room_of(place)
        self._watchers[room] = (*self._watchers.get(room, ()), (place, watcher))

    def part(self, place: VisitorKey, watcher: Watcher) -> None:
        """Watch no more."""
        room = room_of(place)
        left = tuple(each for each in self._watchers[room] if each != (place, watcher))
        if left:
            self._watchers[room] = left
        else:
            del self._watchers[room]

    @contextmanager
    def overheard_by(self, overhearer: Overhearer) -> Iterator[None]:
        """Tell somebody of everything."""
        self._overhearers.append(overhearer)
        try:
            yield
        finally:
            self._overhearers.remove(overhearer)

    @property
    def rooms(self) -> Collection[int]:
        """The watched visitors."""
        return self._watchers.keys()

    def dismiss(self) -> None:
        """Send everybody elsewhere: this process stops."""
        for _, watcher in self._all():
            watcher.leave()
        for overhearer in tuple(self._overhearers):
            overhearer.leave()

    def run(self, _app: object = None) -> AsyncIterator[None]:
        """Listen for as long as the generator is held, as aiohttp holds a cleanup context."""
        return run_beside(self._listen, self._poll)

    async def _listen(self) -> None:
        while True:
            client = Redis.from_url(
                self._redis_url,
                socket_connect_timeout=_PATIENCE,
                socket_timeout=None,  # silence is no fault: a ping tells
                retry=Retry(NoBackoff(), 0),
            )
            try:
                async with client, client.pubsub() as subscription:
                    await subscription.subscribe(SIGNALS)
                    await self._hear(subscription)
            except (RedisError, OSError, TimeoutError):
                if self.is_subscribed:
                    _log.warning("live hints are gone: polling until Redis is back")
            self.is_subscribed = False
            await asyncio.sleep(self._poll_every / 5)

    async def _hear(self, subscription: PubSub) -> None:
        is_asked = False
        while True:
            message = await subscription.get_message(timeout=_PATIENCE)
            if message is None:
                if is_asked:
                    raise TimeoutError
                is_asked = True
                await asyncio.wait_for(subscription.ping(), _PATIENCE)
                continue
            is_asked = False
            if message["type"] == "subscribe":
                self.is_subscribed = True
                await self._look_around()  # what was missed
            elif message["type"] == "message":
                rooms = _EVERYWHERE if self._overhearers else self._watchers
                for hint in read_signals(message["data"], rooms):
                    if named := await self._names.fill_in(hint):
                        self._pass_on(named)

    def _pass_on(self, hint: ChangeSignal) -> None:
        for overhearer in tuple(self._overhearers):
            overhearer.hear(hint)
        for _, watcher in self._watchers.get(hint.room, ()):
            match hint.kind:
                case SignalKind.TYPING:
                    watcher.show_typing(hint)
                case SignalKind.CHANGED:
                    watcher.look_again()
                case SignalKind.CAME | SignalKind.LEFT:
                    pass  # visitors are told nothing of each other
                case _:
                    assert_never(hint.kind)

    async def _poll(self) -> None:
        tick = 0
        while True:
            await asyncio.sleep(self._poll_every)
            tick += 1
            if not self.is_subscribed or tick % SWEEPS == 0:
                await self._look_around()

    async def _look_around(self) -> None:
        for overhearer in tuple(self._overhearers):
            overhearer.look_around()
        everybody = self._all()
        for start in range(0, len(everybody), _AT_ONCE):
            some = everybody[start : start + _AT_ONCE]
            with suppress(UnavailableError):  # the next one will
                states = await asyncio.to_thread(self._find_states, {place for place, _ in some})
                for place, watcher in some:
                    if watcher.state != states.get(place, _NOBODY):
                        watcher.look_again()

    def _all(self) -> list[tuple[VisitorKey, Watcher]]:
        return [pair for pairs in self._watchers.values() for pair in pairs]
