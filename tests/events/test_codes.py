"""A link and a code that a browser asks for: what they prove, and to whom nothing is told."""

import itertools
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.storage.conversations.return_links import make_link
from bot.storage.tables import proofs
from tests.events.mail import MailWorld
from tests.events.tabs import Tab
from tests.events.test_words_by_mail import OTHER, REPLY, VICTIM, WORDS, Scene, scene

__all__ = ["scene"]  # for pytest to find
DAY = timedelta(days=1)


async def taken_over(scene: Scene) -> Tab:
    """Let the address's owner come by the link, and write."""
    owner = await Tab(scene.world).load()
    assert await owner.press(scene.world.last_link()) == 303
    await owner.load()
    await owner.write(WORDS)
    return owner


async def mails_of(world: MailWorld, tab: Tab) -> int:
    """Let a tab ask, and count the mails that leave."""
    before = len(world.room.post.mails)
    assert await tab.ask() == 204
    world.room.lane.work()
    return len(world.room.post.mails) - before


async def test_the_code_brings_the_browser_that_began_all_of_it(scene: Scene) -> None:
    owner = await taken_over(scene)
    assert WORDS not in str(await scene.typist.signs())
    assert await mails_of(scene.world, scene.typist) == 1
    assert scene.world.room.post.mails[-1]["To"] == VICTIM
    second = await scene.typist.beside()
    assert await scene.typist.prove(scene.world.last_code()) == 200
    for tab in (scene.typist, second, await owner.load()):
        texts = [each["text"] for each in await tab.messages()]
        assert {"Hello", REPLY, WORDS} <= set(texts)
        assert (await tab.signs())["session"][1].get("goes_on") is None
    await scene.typist.write("Here as well")
    assert "Here as well" in str(await owner.messages())
    assert scene.world.office.count("visitors") == 1


async def test_the_code_divides_nothing_in_the_browser_that_began(scene: Scene) -> None:
    assert await mails_of(scene.world, scene.typist) == 1
    assert await scene.typist.prove(scene.world.last_code()) == 200
    assert scene.world.office.rows("former_readers") == []
    [visitor] = scene.world.office.rows("visitors")
    assert (visitor["external_id"], visitor["contact_assurance"]) == (scene.person, "verified")
    assert await scene.typist.prove(scene.world.last_code()) == 422  # once


async def test_a_code_is_good_in_the_browser_that_asked_alone(scene: Scene) -> None:
    await taken_over(scene)
    await mails_of(scene.world, scene.typist)
    stranger = await Tab(scene.world).load()
    assert await stranger.prove(scene.world.last_code()) == 422
    assert await scene.typist.prove(scene.world.last_code()) == 200


async def test_five_tries_and_ten_minutes(scene: Scene) -> None:
    await mails_of(scene.world, scene.typist)
    code = scene.world.last_code()
    wrong = (f"{number:06}" for number in itertools.count() if f"{number:06}" != code)
    for _ in range(4):
        assert await scene.typist.prove(next(wrong)) == 422
    [row] = scene.world.office.rows("proofs")
    assert row["tries"] == 4
    assert await scene.typist.prove(next(wrong)) == 422
    assert await scene.typist.prove(code) == 422
    assert scene.world.office.rows("visitors")[0]["contact_assurance"] == "claimed"


async def test_a_code_ends_after_ten_minutes(scene: Scene) -> None:
    await mails_of(scene.world, scene.typist)
    with scene.world.office.database.write() as connection:
        connection.execute(sa.update(proofs).values(expires_at=scene.world.office.now - DAY))
    assert await scene.typist.prove(scene.world.last_code()) == 422


async def test_a_correction_ends_the_code(scene: Scene) -> None:
    await mails_of(scene.world, scene.typist)
    assert await scene.typist.give(OTHER) == 200
    assert await scene.typist.prove(scene.world.last_code()) == 422


async def test_one_mail_an_hour_and_always_the_same_answer(scene: Scene) -> None:
    stranger = await Tab(scene.world).load()
    assert await mails_of(scene.world, stranger) == 0
    assert await mails_of(scene.world, scene.typist) == 1
    assert await mails_of(scene.world, scene.typist) == 0
    await taken_over(scene)
    assert await mails_of(scene.world, scene.typist) == 0


async def test_who_has_proved_the_address_gets_no_mail(scene: Scene) -> None:
    owner = await taken_over(scene)
    assert await mails_of(scene.world, owner) == 0


async def test_another_address_of_the_owners_is_proved_by_a_code(scene: Scene) -> None:
    owner = await taken_over(scene)
    assert await owner.give(OTHER) == 200
    [row] = scene.world.office.rows("conversations")
    assert (row["proved_email"], row["beside_email"]) == (VICTIM, OTHER)
    assert "Until then we write to the one that we know" in str(await owner.messages())
    with scene.world.office.database.write() as connection:
        token = make_link(connection, row["id"], VICTIM, scene.world.office.now)
    further = await Tab(scene.world).load()
    assert await further.press(f"/chat/return/{token}") == 303
    offered = [(await tab.load()).conversation["to_prove"] for tab in (owner, further)]
    assert offered == [OTHER, None]  # where it was typed alone
    scene.world.room.lane.work()
    assert scene.world.room.post.mails[-1]["To"] == OTHER
    await scene.world.call("POST", f"/conversations/{row['id']}/messages", text="R", client_id="r")
    scene.world.room.wait()
    assert scene.world.room.post.mails[-1]["To"] == VICTIM
    code = scene.world.room.post.mails[-2]
    assert code["To"] == OTHER
    assert await owner.give(OTHER) == 200
    assert await mails_of(scene.world, owner) == 0  # one mail to prove it
    assert await owner.prove(scene.world.last_code(code)) == 200
    [row] = scene.world.office.rows("conversations")
    assert (row["proved_email"], row["beside_email"]) == (OTHER, None)
    assert (await owner.load()).conversation["to_prove"] is None
    assert WORDS in str(await owner.messages())


@pytest.mark.parametrize("code", ["", "1", "000000", "x" * 20, "\u0661" * 6])
async def test_no_guess_is_right(scene: Scene, code: str) -> None:
    assert await scene.typist.prove(code) == 422


async def test_where_no_mails_leave_there_is_no_such_address(world: MailWorld) -> None:
    tab = await Tab(world).load()
    assert await tab.ask() == 404


async def test_a_browser_leaves_what_it_reads_for_another_conversation_of_its_own(
    scene: Scene,
) -> None:
    first = await taken_over(scene)
    assert await mails_of(scene.world, scene.typist) == 1
    code = scene.world.last_code()
    await scene.typist.write("My second one")
    assert await scene.typist.give(OTHER) == 200
    other = await Tab(scene.world).load()
    assert await other.press(link_to(scene, OTHER)) == 303
    assert await scene.typist.press(link_to(scene, OTHER)) == 303  # both read the second one
    assert await scene.typist.prove(code) == 200
    await (await other.load()).write("Only for the second one")
    await first.write("Only for the first one")
    assert WORDS in str(await (await scene.typist.load()).messages())
    assert "Only for the first one" in str(await scene.typist.messages())
    assert "Only for the second one" not in str(await scene.typist.signs())
    assert "Only for the first one" not in str(await other.signs())
    assert "My second one" in str(await other.messages())
    await scene.typist.write("Here again")
    assert "Here again" in str(await first.messages())


async def test_one_address_proved_in_two_conversations_is_proved_where_the_browser_is(
    scene: Scene,
) -> None:
    await taken_over(scene)
    assert await mails_of(scene.world, scene.typist) == 1
    code = scene.world.last_code()
    await scene.typist.write("My second one")
    assert await scene.typist.give(VICTIM) == 200
    assert await scene.typist.press(link_to(scene, VICTIM)) == 303
    assert await scene.typist.prove(code) == 200
    [proof] = scene.world.office.rows("browser_proofs", external_id=scene.person)
    [reader] = scene.world.office.rows("browsers", external_id=scene.person)
    assert proof["visitor_id"] == reader["visitor_id"]


def link_to(scene: Scene, email: str) -> str:
    """Make a link to the newest conversation."""
    office = scene.world.office
    newest = max(row["id"] for row in office.rows("conversations"))
    with office.database.write() as connection:
        return f"/chat/return/{make_link(connection, newest, email, office.now)}"


async def test_three_mails_a_day_go_to_an_address_that_is_given_beside_proved_ones(
    mailing: MailWorld,
) -> None:
    for number in range(5):
        tab = await Tab(mailing).load()
        await tab.write(f"Hello {number}")
        assert await tab.give(f"eve{number}@example.net") == 200
        assert await mails_of(mailing, tab) == 1
        assert await tab.prove(mailing.last_code()) == 200
        assert await tab.give(VICTIM) == 200
        mailing.room.lane.work()
    assert [mail["To"] for mail in mailing.room.post.mails].count(VICTIM) == 3
