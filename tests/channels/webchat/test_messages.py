"""Writing and reading: what is answered is stored, once, and nobody sees anybody else's."""

import asyncio
import json

import pytest

from tests.channels.webchat.bot import OTHER_SHOP, SHOP, Bot, Browser

ZALGO = "a" + "\u0316" * 3_999
LINK = "see javascript:alert(1) and data:text/html,hi and https://shop.example"


async def test_a_message_is_stored_before_it_is_answered(bot: Bot, ann: Browser) -> None:
    response = await ann.write("Where is my tent?", "c-7")
    message = await response.json()
    assert response.status == 201
    assert message == {
        "seq": 1,
        "direction": "incoming",
        "author": "visitor",
        "name": None,
        "kind": "text",
        "text": "Where is my tent?",
        "attachments": [],
        "at": "2026-01-05T12:00:00Z",
        "client_id": "c-7",
    }
    [stored] = bot.rows("messages")
    assert (stored["text"], stored["seq"]) == ("Where is my tent?", 1)
    assert response.headers["Cache-Control"] == "no-store"


async def test_nothing_is_stored_before_the_first_message(small: Bot) -> None:
    browser = await small.browser()
    await browser.post("/chat/session", {})
    line = await browser.connect()
    await line.send(type="typing")
    await browser.post("/chat/decline", {})
    await browser.give("nonsense")
    assert small.rows("visitors") == small.rows("conversations") == []


async def test_the_visitor_is_filed_under_a_hash(bot: Bot, ann: Browser) -> None:
    await ann.write()
    [visitor] = bot.rows("visitors")
    assert (visitor["channel"], visitor["account"]) == ("webchat", SHOP)
    assert ann.cookie
    assert visitor["external_id"] not in ann.cookie + ann.ticket
    assert bot.rows("contacts") == []


async def test_the_same_message_again_is_the_same(bot: Bot, ann: Browser) -> None:
    first, again = await ann.write(), await ann.write()
    assert (first.status, again.status) == (201, 200)
    assert await first.json() == await again.json()
    assert len(bot.rows("messages")) == 1


async def test_many_at_once_are_one(bot: Bot, ann: Browser) -> None:
    responses = await asyncio.gather(*(ann.write() for _ in range(10)))
    assert sorted(each.status for each in responses) == [200] * 9 + [201]
    assert len(bot.rows("messages")) == 1


async def test_another_text_with_the_same_client_id_is_refused(bot: Bot, ann: Browser) -> None:
    await ann.write("one")
    refused = await ann.write("two")
    assert refused.status == 409
    assert (await refused.json())["error"]["code"] == "client_id_used"
    assert [row["text"] for row in bot.rows("messages")] == ["one"]


async def test_a_client_id_is_the_visitors_own(bot: Bot, ann: Browser, ben: Browser) -> None:
    assert (await ann.write("mine")).status == (await ben.write("mine too")).status == 201
    assert [each["text"] for each in await ann.history()] == ["mine"]
    assert [each["text"] for each in await ben.history()] == ["mine too"]


async def test_the_same_browser_finds_its_history(bot: Bot, ann: Browser) -> None:
    await ann.write()
    await bot.reply()
    later = Browser(bot, cookie=ann.cookie)
    await later.open_frame()
    shown = later.settings["conversation"]
    assert [each["text"] for each in shown["messages"]] == ["Hello", "Here I am"]
    assert shown["messages"][1]["name"] == "Maya"
    assert (shown["last_seq"], shown["seen_seq"], shown["read_seq"]) == (2, 2, 0)


@pytest.mark.parametrize("site", [SHOP, OTHER_SHOP])
async def test_another_browser_or_site_finds_nothing(bot: Bot, ann: Browser, site: str) -> None:
    await ann.write()
    cookie = ann.cookie if site == OTHER_SHOP else None
    stranger = Browser(bot, site, cookie=cookie)
    await stranger.open_frame()
    assert stranger.settings["conversation"]["messages"] == []
    assert await stranger.history() == []


async def test_ids_of_others_are_ids_of_nobody(bot: Bot, ann: Browser, ben: Browser) -> None:
    await ann.write("a secret")
    [theirs] = bot.rows("conversations")
    answers = []
    for number in (theirs["id"], 999_999):
        for path in (
            f"/chat/messages?conversation_id={number}",
            f"/chat/messages/{number}",
            f"/chat/conversations/{number}",
        ):
            response = await ben.get(path)
            answers.append((response.status, await response.read()))
        body = {"text": "hi", "client_id": "1", "conversation_id": number}
        response = await ben.post("/chat/messages", body)
        answers.append((response.status, await response.read()))
    assert answers[:4] == answers[4:]
    assert [status for status, _ in answers[:4]] == [422, 404, 404, 422]


@pytest.mark.parametrize(
    "query",
    [
        "before_seq=-1",
        "before_seq=1e9",
        "before_seq=abc",
        "after_seq=9223372036854775808",
        "after_seq=1&before_seq=2",
        "after_seq=1&after_seq=2",
        "limit=0",
    ],
)
async def test_a_page_that_is_none_is_refused(eve: Browser, query: str) -> None:
    response = await eve.get(f"/chat/messages?{query}")
    assert response.status == 422
    assert set((await response.json())["error"]) == {"code", "message"}


async def test_a_page_has_an_end(eve: Browser, small: Bot) -> None:
    await eve.write()
    await small.reply_much(["more"] * 120)
    assert len(await eve.history()) == 50
    assert len(await eve.history(after_seq=0)) == 100
    assert len(await eve.history(after_seq=0, limit=1_000_000)) == 50
    assert [each["seq"] for each in await eve.history(before_seq=4)] == [1, 2, 3]
    assert [each["seq"] for each in await eve.history(after_seq=119)] == [120, 121]


async def test_notes_are_for_the_team(bot: Bot, ann: Browser) -> None:
    await ann.write()
    await bot.note("a difficult one")
    await bot.reply("Good morning")
    assert [each["text"] for each in await ann.history()] == ["Hello", "Good morning"]


@pytest.mark.parametrize(
    "text", ["", "  \n\t ", "\u200b\u200d\ufeff", "\u3164\u2800", "\0", "\ud800"]
)
async def test_a_blank_text_is_none(eve: Browser, small: Bot, text: str) -> None:
    assert (await eve.write(text)).status == 422
    assert small.rows("messages") == []


@pytest.mark.parametrize("text", [ZALGO, "x" * 4_000, " " * 9_000 + "x" * 4_000, "👩‍🚀"])
async def test_an_odd_text_is_a_text(bot: Bot, ann: Browser, text: str) -> None:
    assert (await ann.write(text)).status == 201
    assert bot.rows("messages")[0]["text"] == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "{{constructor.constructor('alert(1)')()}}",
        "</script><script>alert(1)</script>",
        LINK,
    ],
)
async def test_hostile_text_stays_text(bot: Bot, ann: Browser, text: str) -> None:
    assert (await (await ann.write(text)).json())["text"] == text
    later = Browser(bot, cookie=ann.cookie)
    await later.open_frame()
    assert later.settings["conversation"]["messages"][0]["text"] == text
    assert text == LINK or text not in later.page


async def test_a_long_text_is_refused_before_it_is_read(eve: Browser, small: Bot) -> None:
    response = await eve.write("a" * 20_000)
    assert response.status == 422
    assert small.rows("messages") == []


@pytest.mark.parametrize(
    "extra",
    ["author_kind", "conversation_id", "seq", "created_at", "assurance", "contact_id", "name"],
)
async def test_a_field_too_many_is_refused(eve: Browser, small: Bot, extra: str) -> None:
    message = {"text": "hi", "client_id": "1", extra: "agent"}
    assert (await eve.post("/chat/messages", message)).status == 422
    assert (await eve.give("ada@example.com", **{extra: "x"})).status == 422
    assert small.rows("visitors") == []


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
async def test_what_is_not_called_json_is_none(eve: Browser, kind: str) -> None:
    body = json.dumps({"text": "hi", "client_id": "1"}).encode()
    response = await eve.post("/chat/messages", data=body, headers={"Content-Type": kind})
    assert response.status == 415


async def test_ten_thousand_parts_are_not_read(eve: Browser) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    response = await eve.post("/chat/messages", data=part * 10_000 + b"--x--", headers=kind)
    assert response.status == 415
    assert response.headers["Connection"] == "close"


async def test_a_body_has_an_end(eve: Browser) -> None:
    body = json.dumps({"text": "x" * 70_000, "client_id": "1"}).encode()
    kind = {"Content-Type": "application/json"}
    assert (await eve.post("/chat/messages", data=body, headers=kind)).status == 413

    async def drip() -> object:
        yield body

    assert (await eve.post("/chat/messages", data=drip(), headers=kind)).status == 413
    packed = {**kind, "Content-Encoding": "gzip"}
    assert (await eve.post("/chat/messages", data=b"x", headers=packed)).status == 415


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"[" * 5_000, b'"x"', b"\xff"])
async def test_what_is_no_json_is_refused(eve: Browser, body: bytes) -> None:
    kind = {"Content-Type": "application/json"}
    assert (await eve.post("/chat/messages", data=body, headers=kind)).status == 422
