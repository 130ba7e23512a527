"""An address's owner says "This wasn't me": the conversation that was given it knows it no more."""

import re

import pytest

from tests.bot.web.sites import HOST
from tests.events.mail import MailWorld
from tests.events.tabs import Tab
from tests.events.test_words_by_mail import OTHER, VICTIM, WORDS, Scene, scene

__all__ = ["scene"]  # for pytest to find
CODE = "POST /chat/proof"


def find_button(world: MailWorld) -> str | None:
    """Find the page in the last mail."""
    body = world.room.post.mails[-1].get_body(("plain",))
    assert body
    found = re.search(r"https?://[^/\s]+(/mail/not-me/[\w.-]+)", body.get_content())
    return found and found[1]


async def press(scene: Scene, page: str | None) -> str:
    assert page
    async with scene.world.client.get(page, headers=HOST) as shown:
        assert (shown.status, "<form" in await shown.text()) == (200, True)
    async with scene.world.client.post(page, headers=HOST) as done:
        assert done.status == 200
        return await done.text()


async def test_opening_the_page_changes_nothing(scene: Scene) -> None:
    page = find_button(scene.world)
    async with scene.world.client.get(str(page), headers=HOST) as shown:
        assert VICTIM not in await shown.text()
    assert (await scene.world.talk(scene.person))["contact"]["email"] == VICTIM


async def test_it_takes_the_address_out_of_the_conversation(scene: Scene) -> None:
    link, page = scene.world.last_link(), find_button(scene.world)
    assert await scene.typist.ask() == 204
    scene.world.room.lane.work()
    code, before = scene.world.last_code(), await scene.typist.signs()
    told = await press(scene, page)
    assert VICTIM not in told
    assert (await scene.world.talk(scene.person))["contact"] is None
    assert await Tab(scene.world).press(link) == 404
    assert await scene.typist.prove(code) == 422
    await scene.prove()
    assert WORDS in str(await scene.known_to_agents("note"))
    assert "this wasn't me" in str(await scene.known_to_agents("note"))
    assert WORDS not in str(await scene.typist.signs())
    assert [each["text"] for each in before["newest"]["messages"]] == [
        each["text"] for each in await scene.typist.messages()
    ]


async def test_no_mail_goes_there_any_more_whoever_gives_it_again(scene: Scene) -> None:
    page, sent = find_button(scene.world), len(scene.world.room.post.mails)
    await press(scene, page)
    assert await scene.typist.give(VICTIM) == 200
    await scene.world.answer(scene.person, "Once more")
    scene.world.room.wait()
    assert len(scene.world.room.post.mails) == sent


async def test_twice_is_as_once(scene: Scene) -> None:
    page = find_button(scene.world)
    assert await press(scene, page) == await press(scene, page)
    assert len(await scene.known_to_agents("note")) == 1
    assert scene.world.office.count("withdrawals") == 1


async def test_what_an_agent_added_stays(scene: Scene) -> None:
    path = f"/conversations/{scene.world.find(scene.person)}/contact"
    await scene.world.call("POST", path, email=OTHER, first_name="Otto")
    mail = await scene.world.mailed(scene.person, "For Otto")
    assert mail["To"] == OTHER
    await press(scene, find_button(scene.world))
    assert (await scene.world.talk(scene.person))["contact"]["email"] == OTHER
    assert "stays" in str(await scene.known_to_agents("note"))
    sent = len(scene.world.room.post.mails)
    await scene.world.answer(scene.person, "Once more")
    scene.world.room.wait()
    assert len(scene.world.room.post.mails) == sent


async def test_once_proved_it_is_not_offered_and_changes_nothing(scene: Scene) -> None:
    number, page = scene.world.find(scene.person), find_button(scene.world)
    await scene.prove()
    path = f"/conversations/{number}/messages"
    await scene.world.call("POST", path, text="For you", client_id="c")
    scene.world.room.lane.work()
    assert find_button(scene.world) is None
    await press(scene, page)
    talk = await scene.world.ask(f"/conversations/{number}")
    assert talk["contact"]["email"] == VICTIM


@pytest.mark.parametrize("count", [2, 3])
async def test_three_such_conversations_end_all_mails_to_claims(scene: Scene, count: int) -> None:
    for number in range(count):
        if number:
            await begin(scene, str(number))
        await press(scene, find_button(scene.world))
    sent = len(scene.world.room.post.mails)
    await begin(scene, "last", is_mailed=count < 3)
    assert len(scene.world.room.post.mails) == sent + (count < 3)


async def begin(scene: Scene, text: str, *, is_mailed: bool = True) -> None:
    """Let another browser type the same address, and be answered a day later."""
    tab = await Tab(scene.world).load()
    await tab.write(text)
    assert await tab.give(VICTIM) == 200
    person = scene.world.office.rows("visitors")[-1]["external_id"]
    scene.world.room.office.pass_time(86_500)
    if is_mailed:
        await scene.world.mailed(person, f"Here I am, {text}")
    else:
        await scene.world.answer(person, f"Here I am, {text}")
        scene.world.room.wait()


@pytest.mark.parametrize("token", ["guess", "a.b", "x" * 3_000])
async def test_what_is_none_of_ours_is_not_there(mailing: MailWorld, token: str) -> None:
    for method in ("GET", "POST"):
        async with mailing.client.request(method, f"/mail/not-me/{token}", headers=HOST) as answer:
            assert answer.status == 404
