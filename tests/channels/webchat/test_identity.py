"""Who calls: one cookie, one ticket, and nobody else's word."""

import base64
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.consent_words import consent_words
from bot.edge.signing import Signer
from channels.webchat.identity import COOKIE, Identities
from config.rules import ConsentMode
from tests.channels.webchat.bot import OTHER_SHOP, RULES, SECRET, SHOP, Bot, Browser
from tests.channels.webchat.conftest import Start
from tests.factories import NOON

NEEDED = replace(RULES, consent=ConsentMode.REQUIRED)

EVIL = "https://evil.example"
ZEROES = base64.urlsafe_b64encode(bytes(32)).decode()
UNSAFE = ["/chat/messages", "/chat/email", "/chat/decline", "/chat/session"]


async def test_the_frame_sets_one_cookie_that_no_script_reads(small: Bot) -> None:
    response = await Browser(small).open_frame()
    [cookie] = response.headers.getall("Set-Cookie")
    name, *attributes = cookie.split("; ")
    assert name.startswith("__Host-vid=")
    assert set(attributes) == {
        "Path=/",
        "Max-Age=34128000",
        "Secure",
        "HttpOnly",
        "SameSite=None",
        "Partitioned",
    }


async def test_two_browsers_are_two_visitors(small: Bot) -> None:
    one, other = await small.browser(), await small.browser()
    assert one.cookie != other.cookie


async def test_the_cookie_is_renewed(eve: Browser) -> None:
    before = eve.cookie
    response = await eve.open_frame()
    assert before is not None
    assert response.headers["Set-Cookie"].startswith(before)


@pytest.mark.parametrize("path", UNSAFE)
@pytest.mark.parametrize("origin", [EVIL, SHOP])
async def test_other_sites_change_nothing(eve: Browser, path: str, origin: str) -> None:
    response = await eve.post(path, {}, headers={"Origin": origin})
    assert response.status == 403
    assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.parametrize("path", UNSAFE)
async def test_origins_are_exact(eve: Browser, path: str) -> None:
    ours = eve.bot.url
    odd = ["null", "", ours + ".evil.com", ours.replace("http", "https"), ours[:-1], ours + "/"]
    for origin in odd:
        assert (await eve.post(path, {}, headers={"Origin": origin})).status == 403, origin


@pytest.mark.parametrize("path", UNSAFE[:3])
async def test_no_origin_needs_a_ticket(eve: Browser, path: str) -> None:
    alone = eve.without_ticket()
    assert (await alone.call("POST", path, json={})).status == 403
    assert (await eve.without_cookie().call("POST", path, json={})).status in {204, 422}


async def test_a_program_opens_a_session_without_anything(small: Bot) -> None:
    program = Browser(small)
    response = await program.call("POST", "/chat/session", json={})
    session = await response.json()
    assert session["visitor"] == {"name": None, "known": False}
    assert session["conversation"] == {"status": "open", "last_seq": 0}
    assert session["settings"]["title"] == "Northwind"
    program.ticket = session["ticket"]
    written = await program.without_cookie().call(
        "POST", "/chat/messages", json={"text": "hi", "client_id": "1"}
    )
    assert written.status == 201
    [visitor] = small.rows("visitors")
    assert visitor["account"] == small.url


async def test_a_session_goes_on_where_the_frame_was(eve: Browser) -> None:
    await eve.write()
    answers = [
        await (await each.post("/chat/session", {})).json()
        for each in (eve, eve.without_cookie(), eve.without_ticket())
    ]
    assert [each["conversation"]["last_seq"] for each in answers] == [1, 1, 1]


async def test_who_has_neither_is_nobody(small: Bot) -> None:
    nobody = Browser(small)
    for path in ("/chat/messages", "/chat/email", "/chat/decline"):
        assert (await nobody.post(path, {})).status == 401
    response = await nobody.get("/chat/messages")
    assert response.status == 401
    assert set((await response.json())["error"]) == {"code", "message"}


async def test_a_cookie_alone_is_enough(eve: Browser, small: Bot) -> None:
    alone = eve.without_ticket()
    assert (await alone.write()).status == 201
    assert small.rows("visitors")[0]["account"] == SHOP
    assert len(await alone.history()) == 1


async def test_a_cookie_alone_means_the_site_where_the_chat_was_opened_last(small: Bot) -> None:
    browser = await small.browser(SHOP)
    await browser.write("at the shop")
    elsewhere = Browser(small, OTHER_SHOP, cookie=browser.cookie)
    await elsewhere.open_frame()
    assert await elsewhere.without_ticket().history() == []
    assert [each["text"] for each in await browser.history()] == ["at the shop"]


async def test_a_ticket_alone_is_enough(eve: Browser) -> None:
    alone = eve.without_cookie()
    assert (await alone.write()).status == 201
    assert len(await alone.history()) == 1


@pytest.mark.parametrize("spoil", [str.upper, lambda ticket: ticket[:-2], lambda _: "x", str.title])
async def test_a_bad_ticket_is_good_for_nothing(eve: Browser, spoil: object) -> None:
    assert callable(spoil)
    eve.ticket = spoil(eve.ticket)
    assert (await eve.write()).status == 401


async def test_a_ticket_lasts_a_day(eve: Browser, small: Bot) -> None:
    small.pass_time(hours=23, minutes=59)
    assert (await eve.write()).status == 201
    small.pass_time(minutes=1)
    assert (await eve.write()).status == 401
    assert len(await eve.without_ticket().history()) == 1


@pytest.mark.parametrize(
    "cookie",
    [
        f"{COOKIE}=1",
        f"{COOKIE}=admin",
        f"{COOKIE}={ZEROES}",
        f"{COOKIE}=" + "x" * 4_000,
        f"{COOKIE}=",
        COOKIE,
        f'{COOKIE}="a\\"; Path=/; =; ;;',
        "\xff=\xff",
    ],
)
async def test_a_made_up_cookie_is_none(
    small: Bot, caplog: pytest.LogCaptureFixture, cookie: str
) -> None:
    guest = Browser(small, cookie=cookie)
    assert (await guest.get("/chat/messages")).status == 401
    assert (await guest.open_frame()).status == 200
    assert guest.cookie != cookie
    assert caplog.records == []


async def test_of_two_cookies_either_may_be_foreign(small: Bot) -> None:
    one, other = await small.browser(), await small.browser()
    both = Browser(small, cookie=f"{one.cookie}; {other.cookie}")
    assert (await both.get("/chat/messages")).status == 401


async def test_a_ticket_is_no_cookie_and_a_cookie_no_ticket(eve: Browser, small: Bot) -> None:
    value = (eve.cookie or "").partition("=")[2]
    assert (await Browser(small, ticket=value).get("/chat/messages")).status == 401
    swapped = Browser(small, cookie=f"{COOKIE}={eve.ticket}")
    assert (await swapped.get("/chat/messages")).status == 401


def test_keys_rotate() -> None:
    def identities(*keys: str) -> Identities:
        return Identities(Signer(keys), lambda: NOON)

    old, new = identities("old"), identities("new", "old")
    visitor = old.make(SHOP, "it")
    assert new.read_ticket(old.write_ticket(visitor)) is not None
    assert identities("new").read_ticket(old.write_ticket(visitor)) is None
    assert old.read_ticket(new.write_ticket(visitor)) is None


def test_a_ticket_says_who_where_in_which_language_and_how_long() -> None:
    identities = Identities(Signer([SECRET]), lambda: NOON)
    visitor = identities.make(SHOP, "it")
    read = identities.read_ticket(identities.write_ticket(visitor))
    assert read
    assert (read.id, read.site, read.language) == (visitor.id, SHOP, "it")
    assert read.expires_at == NOON + timedelta(hours=24)
    assert read.place == visitor.place


async def test_no_cookie_before_consent(start_small: Start) -> None:
    bot: Bot = await start_small(rules=NEEDED)
    browser = await bot.browser()
    await browser.post("/chat/session", {})
    await browser.write()
    refused = await browser.give("ada@example.com")
    assert (refused.status, (await refused.json())["error"]["code"]) == (422, "consent_required")
    assert (await browser.give("ada@example.com", consent=False)).status == 422
    assert browser.cookie is None
    assert bot.rows("contacts") == []
    assert (await browser.give("ada@example.com", consent=True)).status == 200
    assert browser.cookie
    assert len(await browser.without_ticket().history()) == 2


async def test_consent_is_kept_with_what_was_claimed(start: Start) -> None:
    bot: Bot = await start(rules=NEEDED)
    browser = await bot.browser(**{"Accept-Language": "de"})
    for email in ("nonsense", "ada@gmial.com"):
        assert (await browser.give(email, consent=True)).status == 422
    assert bot.rows("audit", action="consent.given") == []
    assert (await browser.give("ada@example.com", consent=True)).status == 200
    [claim], [consent] = bot.rows("claims"), bot.rows("audit", action="consent.given")
    assert (consent["at"], consent["contact_id"]) == (claim["at"], claim["contact_id"])
    [kept] = bot.rows("consents")
    assert (kept["visitor_id"], kept["given_at"]) == (claim["visitor_id"], claim["at"])
    assert (kept["channel"], kept["language"]) == ("webchat", "de")
    assert kept["text"] == consent_words("de", NEEDED).box


async def test_a_yes_in_words_is_kept_and_lets_the_browser_be_known_again(start: Start) -> None:
    bot: Bot = await start(rules=NEEDED)
    browser = await bot.browser()
    for number, text in enumerate(("ada@example.com", "yes")):
        assert browser.cookie is None
        await browser.write(text, f"c{number}")
    assert browser.cookie
    [kept] = bot.rows("consents")
    assert kept["text"] == consent_words("en", NEEDED).question("ada@example.com")
    assert [row["email"] for row in bot.rows("claims")] == ["ada@example.com"]


async def test_nobody_consents_unasked(ann: Browser, bot: Bot) -> None:
    await ann.give("ada@example.com")
    assert bot.rows("audit", action="consent.given") == []
