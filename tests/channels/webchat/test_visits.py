"""Where on the site a visitor is: what is kept of it, and what never is."""

import asyncio
from typing import Any
from urllib.parse import quote, unquote

import pytest

from bot.core.arrivals import Visit
from bot.erasure import erase_person
from channels.webchat.shapes import Page
from channels.webchat.visits import read_visit
from tests.channels.webchat.bot import SHOP, Bot, Browser
from tests.factories import ADA

TENT = f"{SHOP}/tents/fjord-2"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0"


def look(url: str = "", title: str = "", referrer: str = "") -> Visit:
    return read_visit(Page(url=url, title=title, referrer=referrer), SHOP, "", None)


async def write(browser: Browser, client_id: str = "c1", **page: object) -> int:
    body = {"text": "Hello", "client_id": client_id, "page": {"url": TENT, **page}}
    headers = {"User-Agent": FIREFOX, "Accept-Language": "it"}
    response = await browser.post("/chat/messages", body, headers=headers)
    return response.status


def visit(bot: Bot) -> dict[str, Any]:
    [row] = bot.rows("visits")
    return row


async def test_a_message_brings_along_where_it_was_written(bot: Bot, ann: Browser) -> None:
    assert await write(ann, title="Fjord 2", referrer="https://duckduckgo.com/") == 201
    row = visit(bot)
    assert row["visitor_id"] == bot.rows("visitors")[0]["id"]
    assert (row["page"], row["title"], row["referrer"]) == (TENT, "Fjord 2", "duckduckgo.com")
    assert (row["browser"], row["language"], row["count"]) == ("Firefox on Linux", "en", 1)
    assert row["first_at"] == row["last_at"] == bot.now


async def test_a_message_without_a_page_keeps_nothing(bot: Bot, ann: Browser) -> None:
    await ann.write()
    assert bot.rows("visits") == []


async def test_the_last_page_counts_and_the_first_referrer(bot: Bot, ann: Browser) -> None:
    await write(ann, referrer="https://duckduckgo.com/")
    bot.pass_time(minutes=5)
    await write(ann, "c2", url=f"{SHOP}/bags", referrer=TENT)
    row = visit(bot)
    assert (row["page"], row["referrer"], row["count"]) == (f"{SHOP}/bags", "duckduckgo.com", 1)
    bot.pass_time(minutes=29)
    await write(ann, "c3", referrer="https://news.example/")
    assert (visit(bot)["referrer"], visit(bot)["count"]) == ("duckduckgo.com", 1)


async def test_half_an_hour_later_it_is_another_visit(bot: Bot, ann: Browser) -> None:
    await write(ann, referrer="https://duckduckgo.com/")
    began = bot.now
    bot.pass_time(minutes=30)
    await write(ann, "c2")
    row = visit(bot)
    assert (row["count"], row["referrer"]) == (2, None)
    assert (row["first_at"], row["last_at"]) == (began, bot.now)


async def test_where_a_visit_began_is_kept_until_the_next_one(bot: Bot, ann: Browser) -> None:
    def start() -> tuple[object, ...]:
        row = visit(bot)
        return row["started_page"], row["started_title"], row["started_at"]

    await write(ann, title="Fjord 2")
    began = bot.now
    bot.pass_time(minutes=5)
    await write(ann, "c2", url=f"{SHOP}/bags", title="Bags")
    assert start() == (TENT, "Fjord 2", began)
    bot.pass_time(minutes=30)
    await write(ann, "c3", url=f"{SHOP}/bags", title="Bags")
    assert start() == (f"{SHOP}/bags", "Bags", bot.now)


async def test_a_message_that_comes_again_changes_no_visit(bot: Bot, ann: Browser) -> None:
    await write(ann)
    bot.pass_time(hours=1)
    assert await write(ann, url=f"{SHOP}/bags") == 200
    assert (visit(bot)["page"], visit(bot)["count"]) == (TENT, 1)


async def test_messages_of_one_moment_share_a_visit(bot: Bot, ann: Browser, ben: Browser) -> None:
    each = [write(browser, f"c{n}") for browser in (ann, ben) for n in range(20)]
    assert set(await asyncio.gather(*each)) == {201}
    assert [row["count"] for row in bot.rows("visits")] == [1, 1]


async def test_who_is_erased_takes_the_visit_along(bot: Bot, ann: Browser, ben: Browser) -> None:
    await write(ann)
    await ann.give(ADA)
    await write(ben)
    bot.pass_time(minutes=1)
    await asyncio.to_thread(erase_person, bot.database, ADA, bot.now, bot.doorbell)
    [visitor] = bot.rows("visitors")
    assert visit(bot)["visitor_id"] == visitor["id"]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        f"javascript:alert(1)//{SHOP}/",
        "data:text/html,hi",
        "https://evil.example/tents",
        f"{SHOP}.evil.example/",
        f"{SHOP}@evil.example/",
        "https://eve:secret@shop.example/",
        "http://shop.example/",
        "/tents",
        "",
    ],
)
def test_a_page_that_is_none_of_the_site_is_left_out(url: str) -> None:
    assert look(url).page is None


@pytest.mark.parametrize(
    ("url", "page"),
    [
        (SHOP, f"{SHOP}/"),
        (f"{TENT}?token=secret&code=secret", TENT),
        (f"{TENT}#access_token=secret", TENT),
        (f"{TENT};jsessionid=secret", TENT),
        (f"{SHOP}/<script>alert(1)</script>", f"{SHOP}/%3Cscript%3Ealert(1)%3C/script%3E"),
        (f"{SHOP}/größe/a%20b", f"{SHOP}/gr%C3%B6%C3%9Fe/a%20b"),
        (f"{SHOP}/a\r\nb\0c\u202ed", f"{SHOP}/a%20b%20c%20d"),
    ],
)
def test_of_a_page_only_the_path_is_kept(url: str, page: str) -> None:
    assert look(url).page == page


@pytest.mark.parametrize(
    ("referrer", "host"),
    [
        ("https://duckduckgo.com/?q=secret", "duckduckgo.com"),
        ("https://user:secret@Search.example:8443/", "search.example"),
        (TENT, None),
        ("javascript:alert(1)", None),
        ("https://[bad", None),
        ("https://<script>/", None),
        ("//search.example/", None),
        (f"https://{'a' * 300}.example/", None),
    ],
)
def test_of_a_referrer_only_a_foreign_host_is_kept(referrer: str, host: str | None) -> None:
    assert look(referrer=referrer).referrer == host


def test_a_title_is_text_on_one_line() -> None:
    assert look(title=" <b>Fjord\r\n\x1b 2</b> \u202e").title == "<b>Fjord 2</b>"
    assert look(title="\0\n").title is None


async def test_what_is_too_long_is_cut(bot: Bot, ann: Browser) -> None:
    long = "x" * 15_000
    assert await write(ann, url=f"{SHOP}/{long}", title=long, referrer=long) == 201
    row = visit(bot)
    assert (len(row["page"]), len(row["title"]), row["referrer"]) == (500, 200, None)


@pytest.mark.parametrize("letter", ["a", "ß", "€", "⛺", "🏕"])
@pytest.mark.parametrize("before", range(12))
def test_an_address_is_cut_between_letters(before: int, letter: str) -> None:
    url = f"{SHOP}/{'x' * before}{letter * 500}"
    page = look(url).page
    assert page
    assert url.startswith(unquote(page, errors="strict"))
    assert 500 - len(quote(letter)) < len(page) <= 500


def test_an_address_that_fits_is_left_alone() -> None:
    for url in (f"{SHOP}/100%", f"{SHOP}/caf%E9", f"{SHOP}/{'x' * (499 - len(SHOP) - 3)}%C3"):
        assert look(url).page == url


@pytest.mark.parametrize("title", ["\ud83d", "\0", "\u202e"])
async def test_an_odd_title_refuses_no_message(bot: Bot, ann: Browser, title: str) -> None:
    assert await write(ann, title=title) == 201
    assert visit(bot)["page"] == TENT


@pytest.mark.parametrize(
    "page", [{"visitor_id": 1}, {"is_here": True}, {"count": 9}, {"url": 5}, {"title": None}]
)
async def test_a_page_has_three_fields(small: Bot, eve: Browser, page: dict[str, Any]) -> None:
    assert await write(eve, **page) == 422
    assert small.rows("messages") == []
