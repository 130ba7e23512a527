"""What comes by mail is for agents and for who has proved the address: nobody else sees a sign."""

import asyncio
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

import pytest

from bot.core.model import VisitorKey
from tests.events.mail import MailWorld
from tests.events.meta import PAGE, wrote
from tests.events.stories import ANN
from tests.events.tabs import Tab, frames_until_now
from tests.letters import answer

VICTIM, OTHER = "victim@corp.com", "other@corp.org"
WORDS = "I live at Fern Street 5"
REPLY = "Here I am"


@dataclass
class Scene:
    """Somebody has typed another's address into the chat, and a reply was mailed there."""

    world: MailWorld
    typist: Tab
    person: str
    mail: EmailMessage

    async def tell(self, text: str = WORDS, key: str = "k1@corp.com") -> None:
        """Let the address's owner answer the mail."""
        await self.world.answer_by_mail(self.mail, text, VICTIM, key)

    async def prove(self, text: str = WORDS, key: str = "k1@corp.com") -> None:
        """Let the address's owner answer it, and the receiving server say that it is genuine."""
        verdict = "mx.shop.example; dmarc=pass"
        await self.world.answer_by_mail(self.mail, text, VICTIM, key, verdict)

    async def known_to_agents(self, kind: str = "text") -> list[str]:
        path = f"/conversations/{self.world.find(self.person)}/messages"
        found = (await self.world.ask(path, after_seq="0"))["messages"]
        return [each["text"] for each in found if each["kind"] == kind]


@pytest.fixture
async def scene(mailing: MailWorld) -> Scene:
    typist = await Tab(mailing).load()
    await typist.write("Hello")
    assert await typist.give(VICTIM) == 200
    [person] = mailing.everybody()
    return Scene(mailing, typist, person, await mailing.mailed(person, REPLY))


def numbers(messages: list[dict[str, Any]]) -> list[int]:
    return [each["seq"] for each in messages]


async def test_the_browser_that_typed_the_address_sees_no_sign(scene: Scene) -> None:
    second, copied = await scene.typist.beside(), Tab(scene.world, scene.typist.cookie)
    await copied.load()
    before = await scene.typist.signs()
    async with await second.connect() as socket:
        assert await frames_until_now(socket)
        await scene.tell()
        assert await scene.typist.signs() == before
        assert await copied.signs() == await second.signs() == before
        assert await frames_until_now(socket) == []
    assert WORDS in await scene.known_to_agents()
    assert WORDS in await scene.world.inbox(scene.person)
    assert await scene.world.is_found("Fern Street")


async def test_what_comes_after_it_is_counted_on(scene: Scene) -> None:
    known = numbers(await scene.typist.messages())
    async with await scene.typist.connect() as socket:
        await frames_until_now(socket)
        await scene.tell()
        await scene.world.answer(scene.person, "And another one")
        async with asyncio.timeout(20):
            frame = await socket.receive_json()
    assert (frame["message"]["text"], frame["message"]["seq"]) == ("And another one", known[-1] + 1)
    news = await scene.typist.messages(after_seq=known[-1])
    assert [(each["text"], each["seq"]) for each in news] == [("And another one", known[-1] + 1)]
    mine = await scene.typist.write("Thanks")
    assert mine["seq"] == known[-1] + 2
    assert await scene.typist.write("Thanks") == mine
    assert numbers(await scene.typist.messages()) == [*range(1, mine["seq"] + 1)]
    assert numbers(await scene.typist.messages(before_seq=3)) == [1, 2]


async def test_who_came_by_the_link_reads_it_in_every_tab(scene: Scene) -> None:
    owner = await Tab(scene.world).load()
    assert await owner.press(scene.world.last_link()) == 303
    await owner.load()
    await scene.tell()
    for tab in (owner, await owner.beside()):
        texts = [each["text"] for each in await tab.messages()]
        assert WORDS in texts
        assert numbers(await tab.messages()) == [*range(1, len(texts) + 1)]
        assert WORDS in str(await tab.signs())
    assert WORDS not in str(await scene.typist.signs())


async def test_it_comes_down_the_sockets_of_the_owner_alone(scene: Scene) -> None:
    owner = await Tab(scene.world).load()
    await owner.press(scene.world.last_link())
    await owner.load()
    async with await owner.connect() as theirs, await scene.typist.connect() as mine:
        await frames_until_now(theirs)
        await frames_until_now(mine)
        await scene.tell()
        async with asyncio.timeout(20):
            assert (await theirs.receive_json())["message"]["text"] == WORDS
        assert await frames_until_now(mine) == []


async def test_the_browser_that_began_may_prove_the_address_itself(scene: Scene) -> None:
    await scene.tell()
    async with await scene.typist.connect() as socket:
        await frames_until_now(socket)
        cookie = scene.typist.cookie
        assert await scene.typist.press(scene.world.last_link()) == 303
        async with asyncio.timeout(20):
            assert WORDS not in str([message async for message in socket])
        assert socket.close_code == 4401
    await scene.typist.load()
    assert scene.typist.cookie.partition("=")[0] == cookie.partition("=")[0]
    texts = [each["text"] for each in await scene.typist.messages()]
    assert WORDS in texts
    assert numbers(await scene.typist.messages()) == [*range(1, len(texts) + 1)]


async def test_a_former_address_does_not_read_what_the_next_one_writes(scene: Scene) -> None:
    former = await Tab(scene.world).load()
    await former.press(scene.world.last_link())
    await former.load()
    await scene.tell("from the former")
    await scene.typist.give(OTHER)
    mail = await scene.world.mailed(scene.person, "Once more")
    assert mail["To"] == OTHER
    before = await former.signs()
    await scene.world.answer_by_mail(mail, WORDS, OTHER, "k2@corp.org")
    assert await former.signs() == before
    assert "from the former" in str(before)
    assert WORDS in await scene.known_to_agents()
    assert WORDS not in str(await scene.typist.signs())


async def test_a_closed_conversation_stays_closed_for_who_may_not_read(scene: Scene) -> None:
    await scene.world.change(scene.person, status="closed")
    before = await scene.typist.signs()
    assert before["frame"]["status"] == "closed"
    await scene.tell()
    assert (await scene.world.talk(scene.person))["status"] == "open"
    assert await scene.typist.signs() == before
    await scene.typist.write("Anybody there?")
    assert (await scene.typist.signs())["frame"]["status"] == "open"


@pytest.mark.parametrize("text", ["bob@example.org", "bob@gmial.com", "Sorry, I meant bob@a.com",
                                  "STOP", "No thanks", "bob@nowhere"])  # fmt: skip
async def test_nothing_is_said_to_a_mail_where_others_read(scene: Scene, text: str) -> None:
    before = await scene.typist.signs()
    await scene.tell(text)
    assert await scene.typist.signs() == before
    assert text in await scene.known_to_agents()
    assert (await scene.world.talk(scene.person))["contact"]["email"] == VICTIM


async def test_it_never_goes_out_by_a_channel(mailing: MailWorld) -> None:
    await mailing.deliver(wrote(ANN, "m_1", "ann@example.com"))
    sent = mailing.office.count("outbox", kind="deliver")
    to = mailing.address_for_answers(ANN)
    await mailing.take(answer(to, "bob@example.org", sender="ann@example.com"))
    await mailing.take(answer(to, WORDS, sender="ann@example.com", key="k2@x"))
    assert mailing.office.count("outbox", kind="deliver") == sent
    said = [
        text for direction, text, _ in (await mailing.look(ANN)).said if direction == "incoming"
    ]
    assert said == ["ann@example.com"]
    assert (
        mailing.office.conversation(VisitorKey("messenger", PAGE, ANN)).email == "ann@example.com"
    )


async def test_notes_leave_no_number_out_either(scene: Scene) -> None:
    before = await scene.typist.signs()
    await scene.world.note(scene.person, "a difficult one")
    assert await scene.typist.signs() == before
    await scene.world.answer(scene.person, "Good morning")
    seqs = numbers(await scene.typist.messages())
    assert seqs == [*range(1, len(seqs) + 1)]


async def test_a_genuine_answer_takes_the_conversation_over(scene: Scene) -> None:
    number = scene.world.find(scene.person)
    async with await scene.typist.connect() as socket:
        await frames_until_now(socket)
        await scene.prove()
        async with asyncio.timeout(20):
            assert WORDS not in str([message async for message in socket])
        assert socket.close_code == 4401
    before = await scene.typist.signs()
    assert before["session"][1]["goes_on"] == before["frame"]["goes_on"] == "mail"
    path = f"/conversations/{number}/messages"
    said = (await scene.world.ask(path, after_seq="0"))["messages"][-1]
    assert (said["text"], said["assurance"], said["origin"]) == (WORDS, "verified", "mail")
    await scene.world.call("POST", path, text="For you alone", client_id="c")
    assert await scene.typist.signs() == before
    scene.world.room.lane.work()  # at once: no browser reads it
    assert "For you alone" in str(scene.world.room.post.mails[-1].get_body(("plain",)))
    await scene.typist.write("What now?")
    assert [each["text"] for each in await scene.typist.messages()] == ["What now?"]


@pytest.mark.parametrize(
    "verdict",
    ["", "mx.evil.test; dmarc=pass", "mx.shop.example; spf=pass smtp.mailfrom=evil.test",
     "mx.evil.test; dmarc=pass header.from=corp.com"],
)  # fmt: skip
async def test_an_answer_that_nobody_confirms_proves_nothing(scene: Scene, verdict: str) -> None:
    before = await scene.typist.signs()
    await scene.world.answer_by_mail(scene.mail, WORDS, VICTIM, "k1@corp.com", verdict)
    assert await scene.typist.signs() == before
    assert WORDS in await scene.known_to_agents()
    assert "sender not verified" in await scene.world.inbox(scene.person)


async def test_what_comes_again_proves_nothing_again(scene: Scene) -> None:
    await scene.prove()
    owner = await Tab(scene.world).load()
    await owner.press(scene.world.last_link())
    proofs = scene.world.office.count("audit", action="address.proved")
    await scene.prove()
    assert scene.world.office.count("audit", action="address.proved") == proofs
    await scene.prove("and another", "k2@corp.com")
    assert "and another" in str(await (await owner.load()).messages())
    assert scene.world.office.count("audit", action="address.proved") == proofs
