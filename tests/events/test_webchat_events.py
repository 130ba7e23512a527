"""Every call of the web chat: what it comes to, alone, again, in other orders and all at once."""

import asyncio
from collections.abc import Sequence
from itertools import permutations

import pytest

from bot.core.wording import texts
from tests.events.chatting import ADA, Chatter
from tests.events.world import World

ASKED = "; waits; to be asked"
THANKS = texts("en", "en").thanks_without_mail.format(email=ADA)
IS_ADA = f"captured; is {ADA}"
TABLE = {
    ("session",): "",
    ("message",): f"> Hello{ASKED}",
    ("address",): f"> {ADA}; < {THANKS}; waits; {IS_ADA}",
    ("email",): f"< {THANKS}; {IS_ADA}",
    ("decline",): "",
    ("typing",): "",
    ("seen",): "",
    ("message", "typing"): f"> Hello{ASKED}",
    ("message", "seen"): f"> Hello{ASKED}",
    ("message", "email"): f"> Hello; < {THANKS}; waits; {IS_ADA}",
    ("message", "address"): f"> Hello; > {ADA}; < {THANKS}; waits; {IS_ADA}",
    ("message", "decline"): "> Hello; waits; declined",
    ("message", "decline", "email"): f"> Hello; < {THANKS}; waits; {IS_ADA}",
}
# "No thanks" is said to a question, so that its place counts
MAY_BE_SWAPPED = [calls for calls in TABLE if "decline" not in calls]


async def end_of(world: World, *groups: Sequence[str]) -> str:
    """Let a new browser call, what is in one group at the same time; say what is seen then."""
    chatter = await Chatter.come(world)
    for group in groups:
        await asyncio.gather(*(chatter.do(call) for call in group))
    return str((await world.look(chatter.person)).in_any_order())


@pytest.mark.parametrize("calls", TABLE, ids=" ".join)
async def test_calls_come_to_what_the_table_says_however_often(
    world: World, calls: tuple[str, ...]
) -> None:
    assert await end_of(world, *([call] for call in calls)) == TABLE[calls]
    assert await end_of(world, *([call, call] for call in calls)) == TABLE[calls]
    again = [*calls, *calls] if calls in MAY_BE_SWAPPED else calls
    assert await end_of(world, *([call] for call in again)) == TABLE[calls]


@pytest.mark.parametrize("calls", MAY_BE_SWAPPED, ids=" ".join)
async def test_calls_come_to_the_same_in_another_order_and_at_once(
    world: World, calls: tuple[str, ...]
) -> None:
    for order in permutations(calls):
        assert await end_of(world, *([call] for call in order)) == TABLE[calls]
    assert await end_of(world, calls) == TABLE[calls]


async def test_what_was_seen_is_told_whenever_that_is_heard(world: World) -> None:
    chatter = await Chatter.come(world)
    await chatter.do("message")
    await world.answer(chatter.person, "Good morning")
    for seq in (2, 1, 2):
        await chatter.signal(type="seen", seq=seq)
    async with asyncio.timeout(20):
        while (await world.replies(chatter.person))[0]["delivery"]["state"] != "seen":
            pass
    assert await world.is_found("Good morning")
    assert world.office.rows("outbox", kind="deliver") == []
    assert not (await world.look(chatter.person)).is_asked_for_email


def test_the_table_names_every_call() -> None:
    assert {call for calls in TABLE for call in calls} == set(Chatter.CALLS)
