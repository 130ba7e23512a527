"""The page inside the frame, and the files around it."""

import gzip
from dataclasses import replace

import pytest

from config.rules import Availability
from tests.channels.webchat.bot import OTHER_SHOP, SHOP, Bot, Browser, until
from tests.channels.webchat.conftest import Start


async def test_the_page_may_do_little_and_be_embedded_by_few(small: Bot) -> None:
    response = await Browser(small).open_frame()
    policy = dict(
        part.strip().partition(" ")[::2]
        for part in response.headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == f"{SHOP} {OTHER_SHOP}"
    assert policy["require-trusted-types-for"] == "'script'"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("origin", ["https://evil.example", SHOP + "/", "x' onload='", "null"])
async def test_other_sites_may_not_embed_it(small: Bot, origin: str) -> None:
    browser = Browser(small, origin)
    response = await browser.open_frame()
    assert response.status == 403
    assert browser.cookie is None
    assert origin not in browser.page


async def test_what_is_asked_for_is_not_repeated(eve: Browser) -> None:
    hostile = "</script><script>alert(1)</script>"
    for path in ("/widget.js", "/chat/frame", "/chat/x"):
        query = {"site": hostile, "lang": hostile, "dir": hostile, "name": hostile}
        response = await eve.get(path, params=query)
        assert "alert(1)" not in await response.text()
    assert (await eve.get("/loader.js", params={"site": hostile})).status == 404
    assert (await eve.get(f"/chat/{hostile}")).status == 404


@pytest.mark.parametrize(
    ("query", "header", "language"),
    [
        ("it", "de", "it"),
        ("pt-BR", "", "pt"),
        ("xx", "da, de;q=0.5, fr;q=0.9", "fr"),
        ("", "it;q=0, *", "en"),
        ("", "it;q=x,,;;", "en"),
    ],
)
async def test_the_language_is_as_wished(
    small: Bot, query: str, header: str, language: str
) -> None:
    browser = Browser(small)
    response = await browser.get(
        "/chat/frame", params={"lang": query}, headers={"Accept-Language": header}
    )
    assert f'<html lang="{language}" dir="ltr">' in await response.text()


async def test_it_reads_from_right_to_left_where_the_page_does(small: Bot) -> None:
    response = await Browser(small).get("/chat/frame", params={"dir": "rtl"})
    assert 'dir="rtl"' in await response.text()


async def test_who_is_away_says_so(start_small: Start) -> None:
    bot: Bot = await start_small(greeting="Welcome")
    assert (await bot.browser()).settings["greeting"] == "Welcome"
    texts = {"it": "Benvenuti", "en": "Welcome"}
    other: Bot = await start_small(greeting=texts, title=texts)
    told = (await other.browser(**{"Accept-Language": "it"})).settings
    assert (told["greeting"], told["title"]) == ("Benvenuti", "Benvenuti")
    bot.rules = replace(bot.rules, availability=Availability.AWAY, away_message="On holiday")
    settings = (await bot.browser()).settings
    assert (settings["online"], settings["greeting"]) == (False, "On holiday")


async def test_the_accent_comes_with_the_colour_of_what_stands_on_it(start_small: Start) -> None:
    bot: Bot = await start_small(color="#d9743f")
    accent = (await bot.browser()).settings["accent"]
    assert accent["light"] == {"accent": "#d9743f", "on_accent": "#1d1b18"}


async def test_read_and_unread_are_told_apart(bot: Bot, ann: Browser) -> None:
    await ann.write()
    await bot.reply()
    line = await ann.connect()
    await line.send(type="seen", seq=2)
    await until(lambda: bot.rows("conversations")[0]["seen_up_to"])
    bot.pass_time(seconds=1)
    await bot.reply("And another")
    later = Browser(bot, cookie=ann.cookie)
    await later.open_frame()
    assert later.settings["conversation"]["read_seq"] == 2


async def test_every_file_of_the_frame_is_there_for_ever(eve: Browser) -> None:
    paths = {part.split('"')[0] for part in eve.page.split('"') if part.startswith("/chat/static/")}
    assert len(paths) == 2
    for path in paths:
        response = await eve.get(path)
        assert response.status == 200
        assert "immutable" in response.headers["Cache-Control"]
        assert response.content_type in {"text/javascript", "text/css"}


async def test_a_frame_of_another_version_still_works(eve: Browser) -> None:
    response = await eve.get("/chat/static/00000000/frame.js")
    assert (response.status, response.headers["Cache-Control"]) == (200, "no-cache")


@pytest.mark.parametrize("name", ["types.d.ts", "strings", "..%2fchannel.py", "%00", "x"])
async def test_other_files_are_not_served(eve: Browser, name: str) -> None:
    assert (await eve.get(f"/chat/static/00000000/{name}")).status == 404


async def test_the_loader_knows_its_server_and_is_kept_for_a_while(eve: Browser) -> None:
    response = await eve.get("/widget.js")
    text = await response.text()
    assert f'"origin":"{eve.bot.url}"' in text
    assert "__SETTINGS__" not in text
    assert response.headers["Cache-Control"] == "public, max-age=600"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    again = await eve.get("/widget.js", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status == 304


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip, br", "br"), ("gzip", "gzip"), ("", None), ("zstd", None), ("identity", None)],
)
async def test_files_come_as_small_as_the_browser_can_take(
    eve: Browser, accepted: str, encoding: str | None
) -> None:
    response = await eve.get("/widget.js", headers={"Accept-Encoding": accepted})
    assert response.headers.get("Content-Encoding") == encoding
    assert response.headers["Vary"] == "Accept-Encoding"


async def test_a_page_that_never_opens_the_chat_pays_three_kilobytes(eve: Browser) -> None:
    text = await (await eve.get("/widget.js")).read()
    assert len(gzip.compress(text)) <= 3_500  # a tenth more than brotli makes of it
