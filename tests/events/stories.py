"""What happens to one person, told in every order, at once and again."""

import json
from itertools import permutations
from typing import NamedTuple, TypeAlias

from tests.events.meta import Item
from tests.events.world import Sight, World

ANN = "7001"
IN, OUT = "incoming", "outgoing"


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


async def tell_in_every_order(world: World, story: Story) -> dict[str, Sight]:
    """Tell a story by every plan, each of another person; returns the ends that are others."""
    other_ends = {}
    for number, plan in enumerate(_plans(len(story.items))):
        person = f"7{number:03}"
        for delivery in plan:
            await world.deliver(*(_told_of(person, story.items[each]) for each in delivery))
        sight = (await world.look(person)).in_any_order()
        if sight != story.end.in_any_order():
            other_ends[str(plan)] = sight
    return other_ends
