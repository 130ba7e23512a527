"""What a visitor or the page takes back is gone, what is edited stands once, however it comes."""

import pytest

from bot.core.model import VisitorKey
from bot.core.wording import texts
from tests.events.meta import (
    PAGE,
    echo,
    echo_unsent,
    edited,
    picture,
    unsent,
    wrote,
)
from tests.events.stories import ANN, IN, OUT, Story, tell_in_every_order, waits_with
from tests.events.world import Sight, World

THANKS = texts("en", "en").thanks_without_mail.format(email="ann@example.com")


STORIES = {
    "a message": Story(
        (wrote(ANN, "m_1", "Hello fern"),),
        waits_with("Hello fern"),
        ("fern",),
    ),
    "unsent": Story(
        (wrote(ANN, "m_1", "my secret fern"), unsent(ANN, "m_1")), Sight(), (), ("fern",)
    ),
    "unsent with what came along": Story(
        (wrote(ANN, "m_1", "fern", attachments=[picture("fern")]), unsent(ANN, "m_1")),
        Sight(),
        (),
        ("fern",),
    ),
    "one of two unsent": Story(
        (wrote(ANN, "m_1", "fern"), wrote(ANN, "m_2", "moss", 1), unsent(ANN, "m_1")),
        waits_with("moss"),
        ("moss",),
        ("fern",),
    ),
    "edited": Story(
        (wrote(ANN, "m_1", "fern"), edited(ANN, "m_1", "moss")),
        waits_with("moss"),
        ("moss",),
        ("fern",),
    ),
    "edited twice": Story(
        (
            wrote(ANN, "m_1", "fern"),
            edited(ANN, "m_1", "moss"),
            edited(ANN, "m_1", "reed", 3, number=2),
        ),
        waits_with("reed"),
        ("reed",),
        ("fern", "moss"),
    ),
    "edited and unsent": Story(
        (wrote(ANN, "m_1", "fern"), edited(ANN, "m_1", "moss"), unsent(ANN, "m_1")),
        Sight(),
        (),
        ("fern", "moss"),
    ),
    "edited into an address": Story(
        (wrote(ANN, "m_1", "fern"), edited(ANN, "m_1", "ann@example.com")),
        Sight(
            ((IN, "ann@example.com", 0), (OUT, THANKS, 0)),
            "captured",
            waits=True,
            mail="ann@example.com",
        ),
        ("ann@example.com",),
        ("fern",),
    ),
    "unsent by the page": Story(
        (echo(ANN, "e_1", "moss"), echo_unsent(ANN, "e_1")), Sight(), (), ("moss",)
    ),
}


@pytest.mark.parametrize("name", STORIES)
async def test_the_end_is_the_same_in_whatever_order_and_however_often(
    world: World, name: str
) -> None:
    story = STORIES[name]
    assert await tell_in_every_order(world, story) == {}
    assert [text for text in story.found if not await world.is_found(text)] == []
    assert [text for text in story.gone if await world.is_found(text)] == []


async def test_what_was_taken_back_is_nowhere_in_the_inbox(world: World) -> None:
    await world.deliver(wrote(ANN, "m_1", "my secret fern", attachments=[picture("fern")]))
    assert "secret fern" in await world.inbox(ANN)
    await world.deliver(unsent(ANN, "m_1"))
    page = await world.inbox(ANN)
    assert "fern" not in page
    assert "Message deleted" in page


async def test_an_address_that_was_taken_back_is_not_offered_nor_asked_about(world: World) -> None:
    await world.deliver(wrote(ANN, "m_1", "is ann@example.com free?"), wrote(ANN, "m_2", "Hm", 1))
    assert "ann@example.com" in await world.inbox(ANN)
    await world.deliver(unsent(ANN, "m_1"))
    assert "ann@example.com" not in await world.inbox(ANN)
    world.office.work()
    assert [text for text in world.office.channel.texts if "ann@example.com" in text] == []
    assert len(world.office.channel.texts) == 1


async def test_an_address_that_was_edited_away_is_not_offered(world: World) -> None:
    await world.deliver(wrote(ANN, "m_1", "is ann@example.com free?"))
    await world.deliver(edited(ANN, "m_1", "is ann@example.com still free?"))
    assert "ann@example.com" in await world.inbox(ANN)
    await world.deliver(edited(ANN, "m_1", "never mind", number=2))
    assert "ann@example.com" not in await world.inbox(ANN)


@pytest.mark.parametrize("kind", ["edit", "unsent"])
async def test_nobody_changes_what_somebody_else_wrote(world: World, kind: str) -> None:
    await world.deliver(wrote(ANN, "m_1", "fern"), wrote("7002", "m_2", "moss"))
    change = {"edit": edited("7002", "m_1", "weed"), "unsent": unsent("7002", "m_1")}[kind]
    await world.deliver(change)
    assert [text for _, text, _ in (await world.look(ANN)).said] == ["fern"]
    assert [text for _, text, _ in (await world.look("7002")).said] == ["moss"]


async def test_a_reply_of_ours_that_the_page_took_back_before_its_receipt_is_gone(
    world: World,
) -> None:
    await world.deliver(wrote(ANN, "m_1", "fern"))
    world.office.reply("moss", VisitorKey("messenger", PAGE, ANN))
    await world.deliver(echo_unsent(ANN, "out_1"))
    world.office.work()
    assert [text for _, text, _ in (await world.look(ANN)).said] == ["fern"]
    assert not await world.is_found("moss")
