"""The ear of a process: hints when Redis is there, questions to the database when it is not."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from redis.asyncio import Redis

from bot.core.model import Author, ConversationId, VisitorKey
from bot.live.listener import SignalListener
from bot.ports.errors import UnavailableError
from bot.ports.signals import (
    SIGNALS,
    ChangeSignal,
    SignalKind,
    read_signals,
    room_of,
    write_signals,
)
from bot.ports.visitor_view import ConversationProgress
from tests.silent import silent_server
from workers.doorbell import RqDoorbell

ANN = VisitorKey("webchat", "https://shop.example", "ann")
BEN = VisitorKey("webchat", "https://shop.example", "ben")
NOTHING = "redis://127.0.0.1:1"
AT_ONCE = timedelta(seconds=0.02)
NEVER = timedelta(hours=1)
NONSENSE = (
    b"{",
    b"[" * 100_000,
    b"[[1]]",
    b"7",
    b"\xff",
    b'[[1,2,"x","y",null,""]]',
    b'[[1,2,Infinity,"changed",null,""]]',
    b'[[1,[],3,"changed",null,""]]',
    b'[[{},2,3,"changed",null,""]]',
)


def changed(place: VisitorKey) -> ChangeSignal:
    return ChangeSignal(room_of(place), ConversationId(1), 1)


@dataclass
class Eyes:
    """Somebody who watches."""

    state: ConversationProgress = field(default_factory=ConversationProgress)
    looks: int = 0
    typing: list[str] = field(default_factory=list)
    has_left: bool = False
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    def look_again(self) -> None:
        self.looks += 1
        self.woken.set()

    def show_typing(self, hint: ChangeSignal) -> None:
        self.typing.append(hint.name)
        self.woken.set()

    def leave(self) -> None:
        self.has_left = True

    async def are_woken(self) -> None:
        async with asyncio.timeout(10):
            await self.woken.wait()
        self.woken.clear()


@dataclass
class Table:
    """What the database would say."""

    states: dict[VisitorKey, ConversationProgress] = field(default_factory=dict)
    asked: int = 0
    is_away: bool = False

    def find(self, places: Collection[VisitorKey]) -> Mapping[VisitorKey, ConversationProgress]:
        self.asked += 1
        if self.is_away:
            raise UnavailableError
        return {place: self.states[place] for place in places if place in self.states}


@asynccontextmanager
async def listening(
    live: SignalListener, *, subscribed: bool = True
) -> AsyncIterator[SignalListener]:
    running = live.run()
    await anext(running)
    async with asyncio.timeout(10):
        while subscribed and not live.is_subscribed:  # noqa: ASYNC110 - Redis decides when
            await asyncio.sleep(0.01)
    yield live
    await anext(running, None)


async def test_a_hint_wakes_who_watches_that_conversation(redis_url: str) -> None:
    ann, ben, bell = Eyes(), Eyes(), RqDoorbell(redis_url)
    async with listening(SignalListener(redis_url, Table().find, poll_every=NEVER)) as live:
        live.join(ANN, ann)
        live.join(BEN, ben)
        bell.hint(changed(ANN))
        await ann.are_woken()
        live.part(ANN, ann)
        bell.hint(changed(ANN), changed(BEN)._replace(conversation_id=ConversationId(2)))
        await ben.are_woken()
    bell.close()
    assert (ann.looks, ben.looks) == (1, 1)


async def test_typing_is_told_and_read_nowhere_under_the_name_that_the_team_has(
    redis_url: str,
) -> None:
    ann, bell = Eyes(), RqDoorbell(redis_url)
    live = SignalListener(redis_url, Table().find, find_names=lambda: {7: "Maya"}, poll_every=NEVER)
    forged = "your bank: call +1 555 0100"
    typing = changed(ANN)._replace(kind=SignalKind.TYPING, author=Author.AGENT, name=forged)
    async with listening(live):
        live.join(ANN, ann)
        for agent in (404, 7):
            bell.hint(typing._replace(seq=agent))
        await ann.are_woken()
    bell.close()
    assert (ann.typing, ann.looks) == (["Maya"], 0)


async def test_visitors_do_not_hear_of_who_comes_and_leaves(redis_url: str) -> None:
    ann, bell = Eyes(), RqDoorbell(redis_url)
    async with listening(SignalListener(redis_url, Table().find, poll_every=NEVER)) as live:
        live.join(ANN, ann)
        for kind in (SignalKind.CAME, SignalKind.LEFT, SignalKind.TYPING):
            bell.hint(changed(ANN)._replace(kind=kind))
        await ann.are_woken()
    bell.close()
    assert (len(ann.typing), ann.looks) == (1, 0)


async def test_nonsense_on_the_wire_is_passed_over(redis_url: str) -> None:
    ann, ears = Eyes(), Ears()
    async with (
        listening(SignalListener(redis_url, Table().find, poll_every=NEVER)) as live,
        Redis.from_url(redis_url) as redis,
    ):
        live.join(ANN, ann)
        with live.overheard_by(ears):
            for raw in NONSENSE:
                await redis.publish(SIGNALS, raw)
            await redis.publish(SIGNALS, write_signals([changed(ANN)]))
            await ann.are_woken()
    assert ears.heard == [changed(ANN)]


async def test_without_redis_what_has_changed_is_found() -> None:
    ann, ben = Eyes(), Eyes(ConversationProgress(3))
    table = Table({ANN: ConversationProgress(1), BEN: ConversationProgress(3)})
    live = SignalListener(NOTHING, table.find, poll_every=AT_ONCE)
    async with listening(live, subscribed=False):
        live.join(ANN, ann)
        live.join(BEN, ben)
        await ann.are_woken()
    assert ben.looks == 0


async def test_who_is_erased_is_found_too() -> None:
    ann = Eyes(ConversationProgress(3))
    live = SignalListener(NOTHING, Table().find, poll_every=AT_ONCE)
    async with listening(live, subscribed=False):
        live.join(ANN, ann)
        await ann.are_woken()


async def test_a_database_that_is_away_is_asked_again() -> None:
    ann, table = Eyes(), Table({ANN: ConversationProgress(1)}, is_away=True)
    live = SignalListener(NOTHING, table.find, poll_every=AT_ONCE)
    async with listening(live, subscribed=False):
        live.join(ANN, ann)
        async with asyncio.timeout(10):
            while table.asked < 3:  # noqa: ASYNC110 - it is asked from a thread
                await asyncio.sleep(0.01)
        table.is_away = False
        await ann.are_woken()


async def test_a_hung_redis_is_noticed() -> None:
    ann = Eyes()
    async with silent_server() as url:
        live = SignalListener(url, Table({ANN: ConversationProgress(1)}).find, poll_every=AT_ONCE)
        async with listening(live, subscribed=False):
            live.join(ANN, ann)
            await ann.are_woken()
            assert not live.is_subscribed


async def test_what_was_missed_is_looked_for_once_redis_is_back(redis_url: str) -> None:
    ann = Eyes()
    live = SignalListener(redis_url, Table({ANN: ConversationProgress(1)}).find, poll_every=NEVER)
    live.join(ANN, ann)
    async with listening(live):
        await ann.are_woken()


async def test_a_lost_hint_is_made_up_for_now_and_then(redis_url: str) -> None:
    ann = Eyes()
    table = Table()
    async with listening(SignalListener(redis_url, table.find, poll_every=AT_ONCE)) as live:
        live.join(ANN, ann)
        table.states[ANN] = ConversationProgress(1)
        await ann.are_woken()


def test_who_stays_is_sent_away() -> None:
    ann = Eyes()
    live = SignalListener(NOTHING, Table().find)
    live.join(ANN, ann)
    live.dismiss()
    assert ann.has_left


def test_only_the_hints_for_these_rooms_are_read() -> None:
    hints = [changed(ANN), changed(BEN)._replace(conversation_id=ConversationId(2))]
    assert read_signals(write_signals(hints), {room_of(BEN)}) == [hints[1]]


@dataclass
class Ears:
    """Somebody who hears of everything."""

    heard: list[ChangeSignal] = field(default_factory=list)
    looked_around: asyncio.Event = field(default_factory=asyncio.Event)
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    has_left: bool = False

    def hear(self, hint: ChangeSignal) -> None:
        self.heard.append(hint)
        self.woken.set()

    def look_around(self) -> None:
        self.looked_around.set()

    def leave(self) -> None:
        self.has_left = True


async def test_an_overhearer_hears_of_every_conversation(redis_url: str) -> None:
    live, ears = SignalListener(redis_url, Table().find, poll_every=NEVER), Ears()
    async with listening(live), Redis.from_url(redis_url) as client:
        with live.overheard_by(ears):
            await client.publish(SIGNALS, write_signals([changed(ANN)]))
            async with asyncio.timeout(10):
                await ears.woken.wait()
            live.dismiss()
    assert (ears.heard, ears.has_left) == ([changed(ANN)], True)


async def test_without_redis_an_overhearer_looks_around_by_itself() -> None:
    live, ears = SignalListener(NOTHING, Table().find, poll_every=AT_ONCE), Ears()
    async with listening(live, subscribed=False), asyncio.timeout(10):
        with live.overheard_by(ears):
            await ears.looked_around.wait()
