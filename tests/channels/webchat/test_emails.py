"""The card: an address that is given in a field made for it, or refused."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import pytest

from config.rules import Timing
from tests.channels.webchat.bot import RULES, Bot, Browser
from tests.channels.webchat.conftest import Start

ADA, BOB = "ada@example.com", "bob@example.org"


async def test_an_address_makes_a_contact(bot: Bot, ann: Browser) -> None:
    await ann.write()
    response = await ann.give(" Ada@Example.com ")
    assert (response.status, await response.json()) == (200, {"email": ADA})
    [contact] = bot.rows("contacts")
    assert contact["email"] == ADA
    assert [each["kind"] for each in await ann.history()] == ["text", "capture_thanks"]
    session = await (await ann.post("/chat/session", {})).json()
    assert session["visitor"] == {"name": None, "known": True}


async def test_a_known_and_an_unknown_address_get_equal_answers(
    bot: Bot, ann: Browser, ben: Browser
) -> None:
    await ann.write()
    await ben.write()
    unknown = await ann.give(ADA)
    known = await ben.give(ADA)
    assert await unknown.read() == await known.read()
    assert _without_date(unknown.headers) == _without_date(known.headers)
    assert [each["text"] for each in (await ann.history())[1:]] == [
        each["text"] for each in (await ben.history())[1:]
    ]
    assert len(bot.rows("contacts")) == 1


@pytest.mark.parametrize(
    "email", ["", "nonsense", "a@b", "x" * 400, "ada@exa mple.com", "\u0430@x.y"]
)
async def test_a_bad_address_is_refused(eve: Browser, small: Bot, email: str) -> None:
    response = await eve.give(email)
    assert response.status == 422
    assert "suggestion" not in (await response.json())["error"]
    assert small.rows("visitors") == []


async def test_a_bad_address_may_have_a_likely_meaning(eve: Browser) -> None:
    error = (await (await eve.give("ada@gmail")).json())["error"]
    assert (error["code"], error["suggestion"]) == ("invalid_email", "ada@gmail.com")


async def test_a_likely_typo_is_asked_about_once(bot: Bot, ann: Browser) -> None:
    await ann.write()
    first = await ann.give("ada@gmial.com")
    assert first.status == 422
    assert (await first.json())["error"]["suggestion"] == "ada@gmail.com"
    assert bot.rows("contacts") == []
    assert (await ann.give("ada@gmial.com")).status == 200
    assert [contact["email"] for contact in bot.rows("contacts")] == ["ada@gmial.com"]


async def test_a_name_of_others_is_not_taken(bot: Bot, ann: Browser) -> None:
    await ann.give(ADA)
    assert (await ann.give(ADA, name="Victim")).status == 422
    assert bot.rows("contacts")[0]["first_name"] is None


@pytest.mark.parametrize("when", ["unasked", "declined", "closed"])
async def test_an_address_is_taken_at_any_time(bot: Bot, ann: Browser, when: str) -> None:
    await ann.write()
    if when == "declined":
        assert (await ann.post("/chat/decline", {})).status == 204
        assert bot.rows("conversations")[0]["capture_state"] == "declined"
    if when == "closed":
        await bot.close()
    assert (await ann.give(ADA)).status == 200
    assert len(bot.rows("contacts")) == 1


@pytest.mark.parametrize(("text", "count"), [(ADA, 1), (f"write to {ADA} please", 0)])
async def test_unasked_only_a_bare_address_is_taken(
    bot: Bot, ann: Browser, text: str, count: int
) -> None:
    await ann.write(text)
    assert len(bot.rows("contacts")) == count


async def test_an_address_that_many_claim_is_one_contact(small: Bot) -> None:
    answers = set()
    for _ in range(25):
        visitor = await small.browser()
        await visitor.write()
        answers.add(await (await visitor.give(ADA)).read())
    assert len(answers) == len(small.rows("contacts")) == 1
    assert len(small.rows("claims")) == 25


@pytest.mark.parametrize("email", ["support@shop.example", "no-reply@example.com"])
async def test_nobodys_own_address_is_refused(eve: Browser, small: Bot, email: str) -> None:
    assert (await eve.give(email)).status == 422
    assert small.rows("contacts") == []


async def test_of_two_addresses_the_last_one_counts(bot: Bot, ann: Browser) -> None:
    await ann.write()
    answers = await asyncio.gather(ann.give(ADA), ann.give(BOB))
    assert [each.status for each in answers] == [200, 200]
    claims = [claim["email"] for claim in bot.rows("claims")]
    assert sorted(claims) == [ADA, BOB]
    assert bot.rows("conversations")[0]["email"] == claims[-1]
    assert len(bot.rows("audit", action="contact.created")) == 2
    thanks = [each for each in await ann.history() if each["kind"] == "capture_thanks"]
    assert len(thanks) == 2


async def test_the_card_comes_by_the_workers_hand(start: Start) -> None:
    bot: Bot = await start(rules=replace(RULES, timing=Timing.IMMEDIATELY))
    browser = await bot.browser()
    line = await browser.connect()
    await browser.write()
    assert await line.texts(1) == ["Hello"]
    await bot.work()
    prompt = (await line.next())["message"]
    assert (prompt["kind"], prompt["author"]) == ("capture_prompt", "bot")
    later = Browser(bot, cookie=browser.cookie)
    await later.open_frame()
    assert later.settings["conversation"]["asked"] is True
    await browser.give(ADA)
    await later.open_frame()
    assert later.settings["conversation"]["asked"] is False


async def test_a_question_to_confirm_carries_the_address(bot: Bot, ann: Browser) -> None:
    await ann.write(f"my address is {ADA} and I have a question")
    bot.pass_time(seconds=61)
    await bot.work()
    prompt = (await ann.history())[-1]
    assert (prompt["kind"], prompt["email"]) == ("capture_prompt", ADA)


async def test_the_prompt_is_in_the_visitors_language(bot: Bot) -> None:
    browser = Browser(bot)
    await browser.get("/chat/frame", params={"origin": browser.site})
    response = await browser.get("/chat/frame", params={"origin": browser.site, "lang": "it-IT"})
    browser.page = await response.text()
    browser.ticket = browser.page.split('"ticket": "')[1].split('"')[0]
    await browser.write("Buongiorno")
    bot.pass_time(seconds=61)
    await bot.work()
    assert (await browser.history())[-1]["text"].startswith("Messaggio automatico")


async def test_declining_twice_is_declining(bot: Bot, ann: Browser) -> None:
    await ann.write()
    assert [(await ann.post("/chat/decline", {})).status for _ in range(2)] == [204, 204]
    bot.pass_time(seconds=61)
    await bot.work()
    assert len(await ann.history()) == 1


def _without_date(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name != "Date"}
