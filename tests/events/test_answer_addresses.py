"""An address for answers is good for whom it was mailed to, as long as that address stands."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.events.mail import MailWorld
from tests.events.tabs import Tab
from tests.letters import answer, bounce, raw_answer

OWN, OTHER, SERVICE = "own@corp.com", "other@corp.org", "feedback@slack.com"
CODE = "Your verification code is 401249"


@dataclass
class Scene:
    """A visitor who has given an address of its own, and got mail there."""

    world: MailWorld
    tab: Tab
    person: str
    to: str
    number: int

    async def correct(self, *emails: str) -> None:
        for email in emails:
            assert await self.tab.give(email) == 200

    async def take(self, sender: str, text: str = CODE, **more: str) -> None:
        await self.world.take(answer(self.to, text, sender=sender, **more))

    async def said(self, kind: str) -> list[str]:
        path = f"/conversations/{self.number}/messages"
        found = (await self.world.ask(path, after_seq="0"))["messages"]
        return [each["text"] for each in found if each["kind"] == kind]


@pytest.fixture
async def scene(mailing: MailWorld) -> Scene:
    tab = await Tab(mailing).load()
    await tab.write("Hello")
    assert await tab.give(OWN) == 200
    [person] = mailing.everybody()
    mail = await mailing.mailed(person)
    return Scene(mailing, tab, person, str(mail["Reply-To"]), mailing.find(person) or 0)


async def prove(scene: Scene) -> Tab:
    """Let a browser come by the link of the mail."""
    owner = await Tab(scene.world).load()
    await owner.press(scene.world.last_link())
    return await owner.load()


@pytest.mark.parametrize(
    ("corrections", "sender"),
    [
        ((), OTHER),
        ((), SERVICE),
        ((SERVICE,), SERVICE),
        ((SERVICE,), OWN),
        ((OTHER, OWN), OWN),
        ((OTHER, OWN), OTHER),
    ],
)
async def test_an_answer_of_anybody_else_is_a_note_for_the_agents(
    scene: Scene, corrections: tuple[str, ...], sender: str
) -> None:
    await scene.correct(*corrections)
    await check_that_it_is_a_note(scene, sender, scene.tab)


@pytest.mark.parametrize("sender", [OTHER, SERVICE])
@pytest.mark.parametrize("beside", [None, SERVICE])
async def test_so_it_is_where_the_address_is_proved(
    scene: Scene, sender: str, beside: str | None
) -> None:
    owner = await prove(scene)
    if beside:
        assert await owner.give(beside) == 200
    await check_that_it_is_a_note(scene, sender, scene.tab, owner)


async def test_the_proved_address_may_answer_whatever_is_given_beside_it(scene: Scene) -> None:
    owner = await prove(scene)
    assert await owner.give(SERVICE) == 200
    await scene.take(OWN, "still me")
    assert "still me" in await scene.said("text")


async def check_that_it_is_a_note(scene: Scene, sender: str, *tabs: Tab) -> None:
    before = [await tab.signs() for tab in tabs]
    for _ in range(2):  # the same mail twice
        await scene.take(sender)
    assert [await tab.signs() for tab in tabs] == before
    [note] = await scene.said("note")
    assert CODE in note
    assert "not verified" in note
    assert sender in note
    assert CODE not in await scene.said("text")
    assert scene.world.office.count("dead_letters") == 0


async def test_the_address_that_was_mailed_to_may_answer_again_and_again(scene: Scene) -> None:
    await scene.take(OWN, "first")
    await scene.take(OWN.upper(), "second", key="k2@x")
    assert await scene.said("text") == ["Hello", "Here I am", "first", "second"]
    assert await scene.said("note") == []


async def test_each_address_has_an_address_for_answers_of_its_own(scene: Scene) -> None:
    await scene.correct(OTHER)
    mail = await scene.world.mailed(scene.person, "Once more")
    assert (mail["To"], mail["In-Reply-To"]) == (OTHER, None)
    assert mail["Reply-To"] != scene.to
    await scene.world.answer_by_mail(mail, "from the other", OTHER, "k2@x")
    assert "from the other" in await scene.said("text")
    await scene.correct(OWN)
    again = await scene.world.mailed(scene.person, "And again")
    assert again["Reply-To"] not in {scene.to, mail["Reply-To"]}


@pytest.mark.parametrize("change", ["associated", "unlinked", "renamed"])
async def test_agents_end_it_as_well_by_giving_another_address(scene: Scene, change: str) -> None:
    talk, contact = await scene.world.talk(scene.person), f"/contacts/{await contact_of(scene)}"
    call = {
        "associated": ("POST", f"/conversations/{talk['id']}/contact", {"email": SERVICE}),
        "unlinked": ("DELETE", f"/conversations/{talk['id']}/contact", {}),
        "renamed": ("PATCH", contact, {"email": SERVICE}),
    }[change]
    body: dict[str, Any] = {**call[2], **({"first_name": "F"} if change == "associated" else {})}
    await scene.world.call(call[0], call[1], **body)
    await scene.take(OWN)
    assert [CODE in note for note in await scene.said("note")] == [True]
    assert CODE not in await scene.said("text")


async def contact_of(scene: Scene) -> int:
    return int((await scene.world.talk(scene.person))["contact"]["id"])


@pytest.mark.parametrize(
    "raw",
    [
        lambda to: answer(to, CODE, sender=OWN, verdict="mx.shop.example; dmarc=fail"),
        lambda to: answer(to, CODE, sender=OTHER, verdict="mx.shop.example; dmarc=fail"),
        lambda to: raw_answer(to, f"From: {OWN} <m@evil.test>".encode(), CODE.encode()),
        lambda to: raw_answer(to, f"From: m@evil.test\r\nFrom: {OWN}".encode(), CODE.encode()),
    ],
    ids=["forged", "another's forged", "dressed up", "two"],
)
async def test_what_is_forged_is_set_aside_and_the_team_is_told(
    scene: Scene,
    raw: Any,  # noqa: ANN401 - a function of an address
) -> None:
    before = await scene.tab.signs()
    for _ in range(2):
        await scene.world.take(raw(scene.to))
    assert await scene.tab.signs() == before
    [note] = await scene.said("note")
    assert "set aside" in note
    assert CODE not in note
    assert scene.world.office.count("dead_letters") == 1
    assert not await scene.world.is_found("401249")


async def test_a_strangers_answer_opens_a_closed_conversation_for_the_team(scene: Scene) -> None:
    await scene.world.change(scene.person, status="closed")
    before = await scene.tab.signs()
    await scene.take(OTHER)
    assert (await scene.world.talk(scene.person))["status"] == "open"
    assert await scene.tab.signs() == before


async def test_a_bounce_counts_for_the_address_that_was_mailed_to(scene: Scene) -> None:
    await scene.correct(OTHER)
    await scene.world.take(bounce(OTHER, reply_to=scene.to))
    assert scene.world.office.rows("suppressions") == []
    await scene.world.take(bounce(OWN, reply_to=scene.to).replace(b"dsn-", b"dsn-2-"))
    assert len(scene.world.office.rows("suppressions")) == 1


@pytest.mark.parametrize(
    "email",
    [
        "reply@shop.example",
        "Reply@SHOP.example",
        "reply+0123456789abcdef0123456789abcdef@shop.example",
        "reply+x@shop.example",
        "chat@shop.example",
        "chat+x@shop.example",
    ],
)
async def test_our_own_addresses_are_nobodys(mailing: MailWorld, email: str) -> None:
    tab = await Tab(mailing).load()
    await tab.write("Hello")
    assert await tab.give(email) == 422
    await tab.write(email)
    assert mailing.office.count("contacts") == 0
    assert await tab.give("support@shop.example") == 200  # of the domain nothing is said
