"""What agents see of whose a conversation is."""

from tests.bot.web.inbox.pages import read, words
from tests.events.tabs import Tab
from tests.events.test_words_by_mail import VICTIM, Scene, scene

__all__ = ["scene"]  # for pytest to find
SINCE = f"From here on by the owner of {VICTIM} (verified)."
ABOVE = "Above it was typed in a browser that has not proved the address."


async def page(scene: Scene, number: int) -> str:
    return words(await read(scene.world.agent, f"/inbox/{number}"))


async def test_a_line_stands_where_the_owner_begins(scene: Scene) -> None:
    number = scene.world.find(scene.person) or 0
    assert SINCE not in await page(scene, number)
    await scene.prove("I am the owner")
    shown = await page(scene, number)
    assert f"{SINCE} {ABOVE}" in shown
    assert shown.index("Hello") < shown.index(SINCE) < shown.rindex("I am the owner")


async def test_where_nothing_is_divided_nothing_is_said_of_another_browser(scene: Scene) -> None:
    await scene.typist.press(scene.world.last_link())
    await scene.typist.write("Still me")
    shown = await page(scene, scene.world.find(scene.person) or 0)
    assert SINCE in shown
    assert ABOVE not in shown


async def test_what_a_former_reader_begins_names_the_conversation_that_it_lost(
    scene: Scene,
) -> None:
    number = scene.world.find(scene.person)
    await scene.prove()
    await scene.typist.write("What now?")
    lost = f"From a browser that began conversation {number} and has not proved {VICTIM}."
    assert lost in await page(scene, scene.world.find(scene.person) or 0)
    owner = await Tab(scene.world).load()
    assert lost not in await page(scene, number or 0)
    assert owner.conversation["earlier"] == 0
