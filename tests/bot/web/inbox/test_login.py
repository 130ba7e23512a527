"""Signing in and out with a browser."""

import asyncio
import threading
from dataclasses import replace
from typing import ClassVar

import pytest
from aiohttp import ClientResponse
from pwdlib.hashers.argon2 import Argon2Hasher

from bot.desk.one_time_tokens import SIGN_IN, SIGN_IN_LASTS
from bot.desk.passwords import Passwords
from bot.edge.threads import WorkKind, WorkThreads
from bot.web.app import Parts, make_app
from tests.bot.agents import JONAS, MAYA, PASSWORD, join, staff_of
from tests.bot.web.inbox.browsers import COOKIE, ORIGIN, Browser, open_inbox
from tests.bot.web.sites import Serve
from tests.office import Office

pytestmark = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
BROWSER = "__Host-inbox-browser"
HERE = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}


async def hurry(_seconds: float) -> None:
    pass


def cookies_of(response: ClientResponse) -> dict[str, str]:
    pairs = (header.partition("=") for header in response.headers.getall("Set-Cookie", []))
    return {name: rest.partition(";")[0] for name, _, rest in pairs}


async def test_who_signs_in_goes_to_the_inbox_with_a_cookie_for_this_host_only(
    office: Office, stranger: Browser
) -> None:
    join(office)
    response = await stranger.sign_in(MAYA)
    assert (response.status, response.headers["Location"]) == (303, "/inbox")
    name, _, rest = response.headers["Set-Cookie"].partition("=")
    assert name == COOKIE
    attributes = set(rest.split("; ")[1:])
    assert {"Path=/", "Secure", "HttpOnly", "SameSite=Lax"} < attributes
    assert not any(each.startswith("Domain") for each in attributes)


async def test_unknown_and_wrong_look_the_same(office: Office, stranger: Browser) -> None:
    join(office)
    answers = [
        await stranger.sign_in(MAYA, "wrong horse"),
        await stranger.sign_in("nobody@shop.example", PASSWORD),
    ]
    texts = [await answer.text() for answer in answers]
    assert [answer.status for answer in answers] == [401, 401]
    assert "Email or password is wrong." in texts[0]
    assert texts[0].replace(MAYA, "") == texts[1].replace("nobody@shop.example", "")
    assert stranger.session == ""


async def test_the_21st_wrong_password_for_an_agent_waits(
    office: Office, stranger: Browser
) -> None:
    join(office)
    statuses = [(await stranger.sign_in(MAYA, "wrong horse")).status for _ in range(21)]
    assert statuses == [401] * 20 + [429]
    refused = await stranger.sign_in(MAYA)
    assert refused.status == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 15 * 60


async def test_the_21st_wrong_password_from_an_address_waits(
    office: Office, stranger: Browser
) -> None:
    join(office)
    statuses = [
        (await stranger.sign_in(f"agent{number}@shop.example")).status for number in range(21)
    ]
    assert statuses == [401] * 20 + [429]


async def test_an_address_makes_nothing_up_by_a_header(office: Office, stranger: Browser) -> None:
    for number in range(20):
        stranger.headers["X-Forwarded-For"] = f"192.0.2.{number}"
        await stranger.sign_in(f"agent{number}@shop.example")
    assert (await stranger.sign_in("another@shop.example")).status == 429


async def test_strangers_guesses_do_not_keep_an_agent_out(
    office: Office, redis_url: str, aiohttp_client: Serve
) -> None:
    join(office)
    parts = open_inbox(office, redis_url, trusted_proxies="127.0.0.1")
    site = await aiohttp_client(make_app(replace(parts, inbox=replace(parts.inbox, pause=hurry))))
    stranger, maya = Browser(site, parts), Browser(site, parts)
    stranger.headers["X-Forwarded-For"] = "203.0.113.66"
    statuses = [(await stranger.sign_in(MAYA, "wrong horse")).status for _ in range(25)]
    assert statuses == [401] * 20 + [429] * 5
    maya.headers["X-Forwarded-For"] = "198.51.100.7"
    assert (await maya.sign_in(MAYA)).status == 303


async def test_a_stranger_behind_an_untrusted_proxy_keeps_nobody_else_out(
    office: Office, stranger: Browser
) -> None:
    join(office)
    stranger.headers["X-Forwarded-For"] = "203.0.113.66"
    for number in range(25):
        await stranger.sign_in(f"agent{number}@shop.example", "wrong horse")
        await stranger.sign_in(MAYA, "wrong horse")
    assert (await stranger.sign_in(MAYA)).status == 429
    stranger.headers["X-Forwarded-For"] = "203.0.113.66, 198.51.100.7"
    assert (await stranger.sign_in(MAYA)).status == 303


async def test_a_known_browser_gets_in_whoever_shares_its_address(
    office: Office, stranger: Browser
) -> None:
    join(office)
    join(office, JONAS)
    known = cookies_of(await stranger.sign_in(MAYA))[BROWSER]
    for _ in range(25):
        last = await stranger.sign_in(MAYA, "wrong horse")
    assert last.status == 429
    stranger.headers["Cookie"] = f"{BROWSER}={known}"
    assert (await stranger.sign_in(MAYA, "wrong horse")).status == 401
    assert (await stranger.sign_in(MAYA)).status == 303
    assert (await stranger.sign_in(JONAS)).status == 429  # has never signed in here


async def test_who_sits_at_a_known_browser_guesses_no_more_than_others(
    office: Office, stranger: Browser
) -> None:
    join(office)
    known = cookies_of(await stranger.sign_in(MAYA))[BROWSER]
    stranger.headers["Cookie"] = f"{BROWSER}={known}"
    statuses = [(await stranger.sign_in(MAYA, "wrong horse")).status for _ in range(21)]
    assert statuses == [401] * 20 + [429]
    del stranger.headers["Cookie"]
    assert (await stranger.sign_in(MAYA)).status == 303


async def test_a_browser_is_known_for_each_who_signed_in_there(
    office: Office, stranger: Browser
) -> None:
    for email in (MAYA, JONAS):
        join(office, email)
        known = cookies_of(await stranger.sign_in(email))[BROWSER]
        stranger.headers["Cookie"] = f"{BROWSER}={known}"
    for number in range(25):
        await Browser(stranger.client, stranger.parts).sign_in(f"agent{number}@shop.example")
    for email in (JONAS, MAYA.upper()):
        assert (await stranger.sign_in(email)).status == 303


@pytest.mark.parametrize("made_up", ["", "x", "e30.x", "session"])
async def test_a_browser_does_not_make_itself_known(
    office: Office, stranger: Browser, made_up: str
) -> None:
    join(office)
    signed_in = cookies_of(await stranger.sign_in(MAYA))
    other = Browser(stranger.client, stranger.parts)
    other.headers["Cookie"] = (
        f"{BROWSER}={signed_in.get(COOKIE) if made_up == 'session' else made_up}"
    )
    statuses = [(await other.sign_in(MAYA, "wrong horse")).status for _ in range(21)]
    assert statuses[-1] == 429


async def test_who_signs_out_stays_known(office: Office, maya: Browser) -> None:
    response = await maya.post("/inbox/logout")
    known = cookies_of(response)[BROWSER]
    other = Browser(maya.client, maya.parts)
    for _ in range(21):
        await other.sign_in(MAYA, "wrong horse")
    other.headers["Cookie"] = f"{BROWSER}={known}"
    assert (await other.sign_in(MAYA)).status == 303


async def test_guesses_from_everywhere_at_one_email_become_slow(
    office: Office, redis_url: str, aiohttp_client: Serve
) -> None:
    join(office)
    waits: list[float] = []

    async def note(seconds: float) -> None:
        waits.append(seconds)

    parts = open_inbox(office, redis_url, trusted_proxies="127.0.0.1")
    site = await aiohttp_client(make_app(replace(parts, inbox=replace(parts.inbox, pause=note))))
    stranger = Browser(site, parts)
    known = cookies_of(await stranger.sign_in(MAYA))[BROWSER]
    for number in range(50):
        stranger.headers["X-Forwarded-For"] = f"203.0.113.{number}"
        assert (await stranger.sign_in(MAYA, "wrong horse")).status == 401
    assert waits == sorted(waits)
    assert (len(waits), waits[0], waits[-1]) == (29, 0.25, 5.0)
    assert (await stranger.sign_in(JONAS, "wrong horse")).status == 401
    stranger.headers |= {"Cookie": f"{BROWSER}={known}", "X-Forwarded-For": "198.51.100.7"}
    assert (await stranger.sign_in(MAYA)).status == 303
    assert len(waits) == 29  # neither another email nor a known browser waits


async def test_who_gets_in_has_all_guesses_again(office: Office, stranger: Browser) -> None:
    join(office)
    for _ in range(19):
        await stranger.sign_in(MAYA, "wrong horse")
    assert (await stranger.sign_in(MAYA)).status == 303
    assert (await stranger.sign_in(MAYA, "wrong horse")).status == 401


async def test_guesses_at_once_are_counted_before_any_is_looked_at(
    office: Office, stranger: Browser
) -> None:
    join(office)
    guesses = [stranger.sign_in(MAYA, f"wrong horse {number}") for number in range(30)]
    statuses = [answer.status for answer in await asyncio.gather(*guesses)]
    assert statuses.count(401) <= 20


class Watched(Argon2Hasher):
    """Notes on which thread passwords are compared."""

    names: ClassVar[list[str]] = []

    def verify(self, password: str | bytes, hash: str | bytes) -> bool:
        self.names.append(threading.current_thread().name)
        return super().verify(password, hash)


async def test_passwords_are_compared_on_threads_that_nothing_else_needs(
    aiohttp_client: Serve, office: Office, parts: Parts
) -> None:
    asyncio.get_running_loop().set_default_executor(WorkThreads())
    passwords = Passwords(Watched(time_cost=1, memory_cost=8, parallelism=1))
    inbox = replace(parts.inbox, team=replace(parts.inbox.team, passwords=passwords))
    stranger = Browser(await aiohttp_client(make_app(replace(parts, inbox=inbox))), parts)
    join(office)
    assert (await stranger.sign_in(MAYA, "wrong horse")).status == 401
    assert (await stranger.sign_in(MAYA)).status == 303
    assert {name.rpartition("_")[0] for name in Watched.names} == {WorkKind.SIGN_IN.title}


@pytest.mark.parametrize(
    "there",
    [
        "//evil.example",
        "/\\evil.example",
        "https:evil.example",
        "https://evil.example/inbox",
        "%2f%2fevil.example",
        "/inbox//evil.example/..",
        "/inbox/../demo",
        "/inbox\r\nSet-Cookie: a=b",
        "/inbox\\@evil.example",
        "/inboxes",
        "javascript:alert(1)",
        "/inbox/" + "x" * 2_000,
        "",
    ],
)
async def test_nobody_is_sent_elsewhere(office: Office, stranger: Browser, there: str) -> None:
    join(office)
    form = {"email": MAYA, "password": PASSWORD, "next": there}
    response = await stranger.ask("POST", "/inbox/login", data=form, headers=HERE)
    assert (response.status, response.headers["Location"]) == (303, "/inbox")


async def test_a_link_of_ours_is_gone_on_with(office: Office, stranger: Browser) -> None:
    join(office)
    there = "/inbox/42?v=mine&q=zip%20%26%20zap"
    asked = await stranger.get(there)
    assert asked.status == 303
    page = await (await stranger.get(asked.headers["Location"])).text()
    assert 'value="/inbox/42?v=mine&amp;q=zip%20%26%20zap"' in page
    form = {"email": MAYA, "password": PASSWORD, "next": there}
    response = await stranger.ask("POST", "/inbox/login", data=form, headers=HERE)
    assert response.headers["Location"] == there


async def test_what_was_typed_is_shown_as_text(stranger: Browser) -> None:
    response = await stranger.sign_in('"><script>alert(1)</script>', "x")
    page = await response.text()
    assert "<script>alert" not in page


async def test_who_is_signed_in_needs_no_login(maya: Browser) -> None:
    response = await maya.get("/inbox/login?next=/inbox/42")
    assert (response.status, response.headers["Location"]) == (303, "/inbox/42")


async def test_signing_in_again_ends_the_session_before(maya: Browser) -> None:
    before = maya.session
    await maya.sign_in(MAYA)
    assert maya.session not in {"", before}
    assert maya.parts.inbox.team.find_session(before) is None


async def test_signing_out_ends_the_session_and_forgets_the_cookie(maya: Browser) -> None:
    session = maya.session
    response = await maya.post("/inbox/logout")
    assert (response.status, response.headers["Location"]) == (303, "/inbox/login")
    assert "Max-Age=0" in response.headers["Set-Cookie"]
    assert maya.parts.inbox.team.find_session(session) is None


async def test_a_link_signs_in_once(office: Office, stranger: Browser) -> None:
    agent = join(office, JONAS)
    link = stranger.parts.inbox.passes.write(SIGN_IN, str(agent.id), SIGN_IN_LASTS)
    response = await stranger.get(f"/inbox/login?token={link}")
    assert (response.status, response.headers["Location"]) == (303, "/inbox")
    assert stranger.parts.inbox.team.find_session(stranger.session) == agent
    assert (await stranger.get(f"/inbox/login?token={link}")).status == 303  # is in already
    stranger.session = ""
    again = await stranger.get(f"/inbox/login?token={link}")
    assert again.status == 401
    assert "This link has been used" in await again.text()


async def test_a_link_does_not_let_in_who_is_disabled(office: Office, stranger: Browser) -> None:
    agent = join(office)
    link = stranger.parts.inbox.passes.write(SIGN_IN, str(agent.id), SIGN_IN_LASTS)
    staff_of(office).disable(agent.id, "operator")
    assert (await stranger.get(f"/inbox/login?token={link}")).status == 401


@pytest.mark.parametrize("token", ["", "x", "x.y", "a" * 5_000])
async def test_a_link_of_somebody_elses_making_opens_nothing(stranger: Browser, token: str) -> None:
    assert (await stranger.get(f"/inbox/login?token={token}")).status == 401
