"""How many addresses one visitor, one network address and one site may give."""

import asyncio

import pytest
from limits import RateLimitItemPerHour

from bot.core.wording import texts
from bot.edge.limits import Allowance
from channels.webchat.limits import ADDRESS_TAKEN, ALLOWANCES
from tests.channels.webchat.bot import OTHER_SHOP, Bot, Browser
from tests.channels.webchat.conftest import Start

ENOUGH = texts("en").hint_enough


async def enough(browser: Browser, email: str, **more: object) -> int:
    """Give an address that must be refused; returns after how many seconds one may try again."""
    response = await browser.give(email, **more)
    error = (await response.json())["error"]
    assert (response.status, error["code"]) == (429, "enough_emails")
    assert "no more addresses" in error["message"]
    return int(response.headers["Retry-After"])


async def test_three_addresses_a_day_are_taken_by_the_card(bot: Bot, ann: Browser) -> None:
    for number in range(3):
        assert (await ann.give(f"ada{number}@example.com")).status == 200
        bot.pass_time(hours=1)
    assert await enough(ann, "bob@example.org") == 21 * 3600
    assert (await ann.give("ada2@example.com")).status == 200  # the one that is known
    assert len(bot.rows("contacts")) == 3
    bot.pass_time(hours=21)
    await ann.open_frame()  # for another ticket
    assert (await ann.give("bob@example.org")).status == 200
    assert await enough(ann, "carol@example.org") == 3600


async def test_of_many_messages_with_addresses_three_make_contacts_and_all_are_kept(
    bot: Bot, ann: Browser
) -> None:
    for number in range(20):
        response = await ann.write(f"ada{number}@example.com", str(number))
        assert response.status == 201
        bot.pass_time(seconds=2)
    assert len(bot.rows("contacts")) == 3
    assert len(bot.rows("messages", author="visitor")) == 20
    said = [each["text"] for each in bot.rows("messages", author="bot")]
    assert [text == ENOUGH for text in said] == [False, False, False, True]
    assert bot.rows("conversations")[0]["offered_email"] == "ada19@example.com"


async def test_card_and_messages_are_counted_together(bot: Bot, ann: Browser) -> None:
    await ann.write("ada0@example.com", "0")
    await ann.give("ada1@example.com")
    await ann.write("ada2@example.com", "2")
    await enough(ann, "ada3@example.com")
    assert (await ann.write("ada3@example.com", "3")).status == 201
    assert len(bot.rows("contacts")) == 3


async def test_ten_at_once_are_three(bot: Bot, ann: Browser) -> None:
    await ann.write()
    answers = await asyncio.gather(*(ann.give(f"ada{number}@example.com") for number in range(10)))
    assert sorted(answer.status for answer in answers) == [200] * 3 + [429] * 7
    assert len(bot.rows("contacts")) == 3


@pytest.mark.parametrize("known", [True, False])
async def test_the_refusal_does_not_tell_whether_somebody_has_the_address(
    bot: Bot, ann: Browser, ben: Browser, *, known: bool
) -> None:
    for number in range(3):
        await ann.give(f"ada{number}@example.com")
    if known:
        await ben.give("bob@example.org")
    await enough(ann, "bob@example.org")
    bot.pass_time(seconds=1)
    [last] = [(await ann.history())[-1]]
    assert last["kind"] == "capture_thanks"


def allowing(address: int | None, site: int | None) -> dict[str, Allowance]:
    items = [RateLimitItemPerHour(each) if each else None for each in (address, site)]
    return {**ALLOWANCES, ADDRESS_TAKEN: Allowance(None, *items)}


@pytest.mark.parametrize("bounds", [(2, None), (None, 2)], ids=["address", "site"])
async def test_an_address_and_a_site_have_their_share(
    start_small: Start, bounds: tuple[int | None, int | None]
) -> None:
    bot: Bot = await start_small(allowances=allowing(*bounds))
    browsers = [await bot.browser() for _ in range(5)]
    await browsers[0].give("ada0@example.com")
    await browsers[1].write("ada1@example.com")
    assert 0 < await enough(browsers[2], "ada2@example.com") <= 3600
    assert (await browsers[3].write("ada3@example.com")).status == 201
    assert [each["text"] for each in await browsers[3].history()] == ["ada3@example.com", ENOUGH]
    assert (await browsers[4].write("no address")).status == 201
    assert len(bot.rows("contacts")) == 2
    elsewhere = await bot.browser(OTHER_SHOP)
    assert (await elsewhere.give("ada5@example.com")).status == (200 if bounds[1] else 429)


async def test_a_known_address_costs_what_an_unknown_one_does(start_small: Start) -> None:
    bot: Bot = await start_small(allowances=allowing(2, None))
    for _ in range(2):
        assert (await (await bot.browser()).give("ada@example.com")).status == 200
    await enough(await bot.browser(), "bob@example.com")


async def test_what_brings_nothing_about_costs_nothing(start_small: Start) -> None:
    bot: Bot = await start_small(allowances=allowing(1, None))
    ann = await bot.browser()
    for number in range(3):
        await ann.write(f"my friend bob{number}@example.org told me", str(number))
        assert (await ann.give("nonsense")).status == 422
        assert (await ann.give("ada@gmial.com" if not number else "x@y")).status == 422
    assert (await ann.give("ada@example.com")).status == 200
    await enough(await bot.browser(), "bob@example.com")


async def test_a_yes_to_a_typo_counts_as_well(start_small: Start) -> None:
    bot: Bot = await start_small(allowances=allowing(1, None))
    ann, ben = await bot.browser(), await bot.browser()
    await ann.write("ada@gmial.com", "1")
    await ben.give("ben@example.com")
    await ann.write("yes", "2")
    assert [each["email"] for each in bot.rows("contacts")] == ["ben@example.com"]
    assert (await ann.history())[-1]["text"] == ENOUGH


async def test_many_at_once_do_not_slip_through(start_small: Start) -> None:
    bot: Bot = await start_small(allowances=allowing(5, None))
    browsers = [await bot.browser() for _ in range(20)]
    answers = await asyncio.gather(
        *(each.give(f"ada{number}@example.com") for number, each in enumerate(browsers[:10])),
        *(each.write(f"bob{number}@example.com") for number, each in enumerate(browsers[10:])),
    )
    assert len(bot.rows("contacts")) <= 5
    assert {answer.status for answer in answers[10:]} == {201}
