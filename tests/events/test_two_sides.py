"""A stranger's address typed into a chat, told to the end in both directions.

All the while the wrong side's tabs are read by every way there is, and hold no byte of the other's.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle

import pytest

from bot.core.model import ConversationId
from tests.events.mail import MailWorld
from tests.events.tabs import Tab
from tests.events.test_words_by_mail import VICTIM, Scene, scene

__all__ = ["scene"]  # for pytest to find
OWNERS = "My number is 555 0199"
ANSWERS = "We come to Fern Street"
EVERY = 0.05
GENUINE = "mx.shop.example; dmarc=pass header.from=corp.com"


@dataclass
class Spy:
    """All tabs of one side: the first, another one, and one to which the cookie was copied."""

    tab: Tab
    seen: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Read by every address all the while, one after the other, and all that sockets tell."""
        copied = Tab(self.tab.world, self.tab.cookie)
        tabs = [self.tab, await self.tab.beside(), await copied.load()]
        readers = [asyncio.create_task(self._read_on(tabs))]
        readers += [asyncio.create_task(self._listen_on(tab)) for tab in tabs]
        try:
            yield
            await asyncio.sleep(4 * EVERY)
        finally:
            for reader in readers:
                reader.cancel()
            done = await asyncio.gather(*readers, return_exceptions=True)
        assert all(isinstance(each, asyncio.CancelledError) for each in done), done
        self.seen.append(str(await self.tab.signs()))

    async def _read_on(self, tabs: list[Tab]) -> None:
        for tab in cycle(tabs):
            for ask in (
                tab.messages,
                partial(tab.messages, after_seq=0),
                partial(tab.messages, before_seq=1_000),
                partial(tab.post, "/chat/session"),
                partial(_frame, tab),
            ):
                self.seen.append(str(await ask()))
                await asyncio.sleep(EVERY)

    async def _listen_on(self, tab: Tab) -> None:
        while True:
            async with await tab.connect() as socket:
                async for message in socket:
                    self.seen.append(str(message.data))
            await asyncio.sleep(EVERY)


async def _frame(tab: Tab) -> object:
    return (await tab.beside()).conversation


async def by_link(scene: Scene) -> Tab | None:
    owner = await Tab(scene.world).load()
    assert await owner.press(scene.world.last_link()) == 303
    await owner.load()
    await owner.write(OWNERS)
    return owner


async def by_mail(scene: Scene) -> Tab | None:
    await scene.world.answer_by_mail(scene.mail, OWNERS, VICTIM, "k@corp.com", GENUINE)
    return None


async def by_nothing(scene: Scene) -> Tab | None:
    await scene.world.answer_by_mail(scene.mail, OWNERS, VICTIM, "k@corp.com")
    return None


async def by_the_senders_own_word(scene: Scene) -> Tab | None:
    forged = "mx.corp.com; dmarc=pass header.from=corp.com"
    await scene.world.answer_by_mail(scene.mail, OWNERS, VICTIM, "k@corp.com", forged)
    return None


Way = Callable[[Scene], Awaitable[Tab | None]]


@pytest.mark.parametrize("way", [by_link, by_mail, by_nothing, by_the_senders_own_word])
async def test_the_side_that_typed_the_address_sees_no_byte_of_the_owners(
    scene: Scene, way: Way
) -> None:
    number, spy = ConversationId(scene.world.find(scene.person) or 0), Spy(scene.typist)
    async with spy.watching():
        owner = await way(scene)
        if way in (by_link, by_mail):
            await reply(scene.world, number, ANSWERS)
            await type_and_see(owner)
    assert spy.seen
    assert not [sign for sign in spy.seen if "555 0199" in sign or "Fern" in sign]
    said = await scene.world.ask(f"/conversations/{number}/messages", after_seq="0")
    assert OWNERS in str(said)
    last = next(each for each in said["messages"] if each["text"] == OWNERS)
    assert last["assurance"] == ("verified" if way in (by_link, by_mail) else "claimed")


@pytest.mark.parametrize("way", [by_link, by_mail])
async def test_the_owner_sees_no_byte_that_was_not_mailed(scene: Scene, way: Way) -> None:
    """A visitor mistypes a stranger's address, and goes on writing."""
    number = ConversationId(scene.world.find(scene.person) or 0)
    await scene.typist.write("My card ends in 4242")
    await reply(scene.world, number, "Unmailed: your flat is paid")
    owner = await way(scene) or await by_link(scene)
    assert owner
    spy = Spy(owner)
    async with spy.watching():
        await scene.typist.write("My other card ends in 4343")
        await scene.typist.write("Anybody there?")
    assert not [sign for sign in spy.seen if "ends in 4" in sign or "flat" in sign]
    texts = [each["text"] for each in await scene.typist.messages()]
    assert texts == ["My other card ends in 4343", "Anybody there?"]


async def test_each_side_can_go_on(scene: Scene) -> None:
    number = ConversationId(scene.world.find(scene.person) or 0)
    owner = await by_link(scene)
    assert owner
    await scene.typist.write("Who is there?")
    [lost] = [one for one in scene.world.office.rows("conversations") if one["id"] != number]
    await reply(scene.world, ConversationId(lost["id"]), "A new one")
    await reply(scene.world, number, ANSWERS)
    assert [each["text"] for each in await scene.typist.messages()] == [
        "Who is there?",
        "A new one",
    ]
    assert ANSWERS in str(await owner.messages())
    talk = await scene.world.ask(f"/conversations/{lost['id']}")
    assert (talk["contact"], talk["visitor"]["unknown"]) == (None, True)


async def reply(world: MailWorld, id: ConversationId, text: str) -> None:
    await world.call("POST", f"/conversations/{id}/messages", text=text, client_id=text)


async def type_and_see(owner: Tab | None) -> None:
    if owner is None:
        return
    async with await owner.connect() as socket:
        await socket.send_json({"type": "typing"})
        newest = (await owner.messages())[-1]["seq"]
        await socket.send_json({"type": "seen", "seq": newest})
        await asyncio.sleep(EVERY)


async def test_the_honest_ways_stay_short(scene: Scene) -> None:
    """In the same browser nothing is asked for; a second device comes by one tap."""
    for tab in (scene.typist, await scene.typist.beside()):
        assert "Hello" in str(await (await tab.load()).messages())
    device = Tab(scene.world)
    assert await device.press(scene.world.last_link()) == 303  # the one tap
    await device.load()
    assert "Here I am" in str(await device.messages())
    await device.write("And here I go on")
