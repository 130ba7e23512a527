"""What a visitor or the page takes back is gone, what is edited stands once, however it comes."""

import json
from itertools import permutations
from typing import NamedTuple, TypeAlias

import pytest

from bot.core.model import Place
from bot.core.wording import texts
from tests.events.meta import (
    PAGE,
    Item,
    echo,
    echo_unsent,
    edited,
    picture,
    unsent,
    wrote,
)
from tests.events.world import Sight, World

IN, OUT = "incoming", "outgoing"
THANKS = texts("en", "en").thanks.format(email="ann@example.com")


class Story(NamedTuple):
    """What happens to one person's messages, in its own order, and how it ends."""

    items: tuple[Item, ...]
    end: Sight
    found: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


def waits_with(text: str) -> Sight:
    """See one message that nobody has answered, and that the visitor will be asked."""
    said = ((IN, text, 0),)
    return Sight(said, "scheduled", is_asked_for_email=True, waits=True)


ANN = "7001"
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


Plan: TypeAlias = list[list[int]]
"""Which items of a story come with each delivery."""


def _plans(count: int) -> list[Plan]:
    """One by one in every order, all at once in every order, and everything twice."""
    orders = list(permutations(range(count)))
    one_by_one = [[[number] for number in order] for order in orders]
    at_once = [[list(order)] for order in orders]
    each_twice = [[[number // 2] for number in range(2 * count)]]
    whole = list(range(count))
    return [*one_by_one, *at_once, *each_twice, one_by_one[0] * 2, [whole] * 2, [whole + whole]]


def _told_of(person: str, item: Item) -> Item:
    """Let it happen to another person, whose messages have keys of their own."""
    text = json.dumps(item).replace(f'"{ANN}"', f'"{person}"')
    return dict(json.loads(text.replace('"mid": "', f'"mid": "{person}_')))


@pytest.mark.parametrize("name", STORIES)
async def test_the_end_is_the_same_in_whatever_order_and_however_often(
    world: World, name: str
) -> None:
    items, end, found, gone = STORIES[name]
    other_ends = {}
    for number, plan in enumerate(_plans(len(items))):
        person = f"7{number:03}"
        for delivery in plan:
            await world.deliver(*(_told_of(person, items[each]) for each in delivery))
        sight = (await world.look(person)).in_any_order()
        if sight != end.in_any_order():
            other_ends[str(plan)] = sight
    assert other_ends == {}
    assert [text for text in found if not await world.is_found(text)] == []
    assert [text for text in gone if await world.is_found(text)] == []


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
    world.office.reply("moss", Place("messenger", PAGE, ANN))
    await world.deliver(echo_unsent(ANN, "out_1"))
    world.office.work()
    assert [text for _, text, _ in (await world.look(ANN)).said] == ["fern"]
    assert not await world.is_found("moss")
