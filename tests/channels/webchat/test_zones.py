"""The visitor's time zone: kept of messages, and told the time in."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from channels.webchat.zones import read_zone
from config.hours import parse_hours
from config.rules import Availability, Hours
from tests.channels.webchat.bot import Bot, Browser

SATURDAY = datetime(2026, 1, 10, 12, tzinfo=UTC)
WEEKDAYS = Hours(parse_hours("Mon-Fri 09:00-17:00"), ZoneInfo("Europe/Rome"))


def close(bot: Bot) -> None:
    bot.now = SATURDAY
    bot.rules = replace(bot.rules, availability=Availability.BUSINESS_HOURS, hours=WEEKDAYS)


async def write(browser: Browser, zone: object, client_id: str = "c1") -> int:
    body = {"text": "Hello", "client_id": client_id, "zone": zone}
    return (await browser.post("/chat/messages", body)).status


@pytest.mark.parametrize("name", ["Europe/Rome", "America/Argentina/Ushuaia", "Etc/GMT+5", "UTC"])
def test_a_zone_of_the_world_is_taken(name: str) -> None:
    assert read_zone(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "undefined",
        "Europe",
        "Mars/Olympus",
        "../../etc/passwd",
        "/etc/passwd",
        "zone.tab",
        "Europe/../Europe/Rome",
        "Europe/Rome\0",
        "\ud800",
        "a" * 9_999,
        "Europe/Rome ",
    ],
)
def test_anything_else_is_none(name: str) -> None:
    assert read_zone(name) is None


async def test_the_last_zone_that_a_message_names_is_kept(bot: Bot, ann: Browser) -> None:
    kept = []
    for number, zone in enumerate(["", "Asia/Tokyo", "Mars/Olympus", "", "America/New_York"]):
        assert await write(ann, zone, f"c{number}") == 201
        kept.append(bot.rows("conversations")[0]["zone"])
    assert kept == [None, "Asia/Tokyo", "Asia/Tokyo", "Asia/Tokyo", "America/New_York"]


@pytest.mark.parametrize("zone", [7, None, ["Europe/Rome"]])
async def test_a_zone_that_is_no_text_is_refused(small: Bot, zone: object) -> None:
    browser = await small.browser()
    assert await write(browser, zone) == 422
    assert small.rows("messages") == []


async def test_the_away_message_tells_the_visitors_time(bot: Bot) -> None:
    close(bot)
    assert await write(await bot.browser(), "America/New_York") == 201
    said = [row["text"] for row in bot.rows("messages") if row["kind"] == "away"]
    assert [text.rpartition("We are")[2] for text in said] == [" back on Monday at 3:00."]


@pytest.mark.parametrize(
    ("lang", "back"),
    [("en", "We are back on Monday at 9:00."), ("it", "Torniamo lunedì alle 9:00.")],
)
async def test_the_page_says_at_first_when_the_team_is_back_by_its_own_clock(
    small: Bot, lang: str, back: str
) -> None:
    close(small)
    response = await Browser(small).get("/chat/frame", params={"lang": lang})
    assert f'<p id="presence" class="">{back}</p>' in await response.text()


@pytest.mark.parametrize(
    ("zone", "back"),
    [
        ("America/New_York", "We are back on Monday at 3:00."),
        ("Asia/Tokyo", "We are back on Monday at 17:00."),
    ],
)
async def test_the_socket_says_so_by_the_visitors_clock(small: Bot, zone: str, back: str) -> None:
    close(small)
    browser = await small.browser()
    line = await browser.dial()
    await line.send(type="hello", ticket=browser.ticket, after_seq=0, zone=zone)
    assert await line.next("back") == {"type": "back", "text": back}


@pytest.mark.parametrize("zone", ["Mars/Olympus", 7, None])
async def test_a_socket_that_names_no_zone_hears_nothing_of_it(small: Bot, zone: object) -> None:
    close(small)
    browser = await small.browser()
    await browser.write()
    line = await browser.dial()
    await line.send(type="hello", ticket=browser.ticket, after_seq=0, zone=zone)
    frame = await line.socket.receive_json()
    assert frame["type"] == "message"


@pytest.mark.parametrize("availability", [Availability.ALWAYS, Availability.AWAY])
async def test_nobody_says_when_where_there_are_no_hours(
    small: Bot, availability: Availability
) -> None:
    close(small)
    small.rules = replace(small.rules, availability=availability)
    assert "back on" not in (await small.browser()).page
