"""Own times decide what a late report still changes: who was answered, and who has the thread."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import permutations

import pytest

from bot.core.model import VisitorKey
from tests.events.meta import APP, PAGE, Item, delivered, echo, returned, seen, taken, wrote
from tests.events.stories import ANN, IN, OUT, Story, tell_in_every_order
from tests.events.world import Sight, World

HELLO = wrote(ANN, "m_1", "fern", 1)
JUST_NOW = 100_000  # what claims to come from the future
STORIES = {
    "the page answered": Story(
        (HELLO, echo(ANN, "e_1", "moss", 4)), Sight(((IN, "fern", 0), (OUT, "moss", 0)))
    ),
    "the page wrote before": Story(
        (echo(ANN, "e_1", "moss", 0), HELLO),
        Sight(
            ((OUT, "moss", 0), (IN, "fern", 0)), "scheduled", is_asked_for_email=True, waits=True
        ),
    ),
    "given back": Story(
        (HELLO, taken(ANN, 2), returned(ANN, 3), wrote(ANN, "m_2", "reed", 4)),
        Sight(((IN, "fern", 0), (IN, "reed", 0)), "scheduled", is_asked_for_email=True, waits=True),
    ),
}


@pytest.mark.parametrize("name", STORIES)
async def test_the_end_is_the_same_in_whatever_order_and_however_often(
    world: World, name: str
) -> None:
    assert await tell_in_every_order(world, STORIES[name]) == {}


@pytest.mark.parametrize("first", ["taken", "returned"])
async def test_who_has_the_thread_is_what_happened_last(world: World, first: str) -> None:
    took, gave = (taken(ANN, 2), returned(ANN, 3)) if first == "taken" else (
        taken(ANN, 3), returned(ANN, 2)
    )  # fmt: skip
    await world.deliver(HELLO)
    for items in ([took, gave], [gave, took], [took, gave, took]):
        for item in items:
            await world.deliver(item)
        assert (await world.look(ANN)).elsewhere == (first == "returned")


async def test_a_late_message_that_the_page_has_answered_waits_for_nobody(world: World) -> None:
    await world.deliver(echo(ANN, "e_1", "moss", 3))
    await world.deliver(HELLO)
    assert not (await world.look(ANN)).waits
    assert await world.unread(ANN) == 0


async def test_a_late_message_is_not_answered_by_our_earlier_reply(world: World) -> None:
    await world.deliver(wrote(ANN, "m_2", "reed", 5))
    world.office.reply("moss", VisitorKey("messenger", PAGE, ANN))
    await world.deliver(HELLO)
    assert (await world.look(ANN)).waits


async def test_two_of_which_the_page_answered_one(world: World) -> None:
    await world.deliver(wrote(ANN, "m_2", "reed", 5))
    await world.deliver(echo(ANN, "e_1", "moss", 3))
    await world.deliver(HELLO)
    sight = await world.look(ANN)
    assert (sight.waits, sight.is_asked_for_email) == (True, True)


@pytest.mark.parametrize("order", list(permutations(["sent", "echoed", "seen"])))
async def test_our_reply_has_come_as_far_as_the_farthest_report_says(
    world: World, order: tuple[str, ...]
) -> None:
    await world.deliver(HELLO)
    world.office.reply("moss", VisitorKey("messenger", PAGE, ANN))
    [row] = world.office.rows("outbox", kind="deliver")
    metadata = {"metadata": f"ob:{row['id']}", "app_id": APP}

    async def work() -> None:
        await asyncio.to_thread(world.office.work)

    def tell(*items: Item) -> Callable[[], Awaitable[None]]:
        return lambda: world.deliver(*items)

    happens = {
        "sent": work,
        "echoed": tell(echo(ANN, "out_1", "moss", JUST_NOW, **metadata)),
        "seen": tell(seen(ANN, JUST_NOW), delivered(ANN, JUST_NOW)),
    }
    for name in (*order, *order):
        await happens[name]()
    [reply] = await world.replies(ANN)
    assert (reply["text"], reply["delivery"]["state"]) == ("moss", "seen")
    assert len(world.office.channel.sent) <= 1
    assert not (await world.look(ANN)).is_asked_for_email
