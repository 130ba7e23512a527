"""Who may call what in the inbox."""

import pytest

from bot.desk.agents import OPERATOR
from bot.web.inbox import Entry, Who, entries
from tests.bot.agents import MAYA, join, staff_of
from tests.bot.web.inbox.browsers import COOKIE, ORIGIN, Browser
from tests.office import Office

pytestmark = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
SAME = "same-origin"


def path_of(entry: Entry) -> str:
    parts = entry.path.split("/")
    filled = ["1" if part.startswith("{") else part for part in parts]
    return "/inbox" + "/".join(filled)


def unsafe(browser: Browser) -> list[Entry]:
    found = [entry for entry in entries(browser.parts.inbox) if entry.method != "GET"]
    assert found
    return found


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": ORIGIN, "Sec-Fetch-Site": SAME},
        {"Origin": ORIGIN, "Sec-Fetch-Site": SAME, "X-CSRF-Token": ""},
        {"Origin": ORIGIN, "Sec-Fetch-Site": SAME, "X-CSRF-Token": "0" * 64},
        {"Origin": ORIGIN, "Sec-Fetch-Site": SAME, "X-CSRF-Token": "é"},
        {"Origin": "https://evil.example", "X-CSRF-Token": "its own"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": SAME, "X-CSRF-Token": "its own"},
        {"Origin": "https://chat.example.com.evil.example", "X-CSRF-Token": "its own"},
        {"Origin": "http://chat.example.com", "X-CSRF-Token": "its own"},
        {"Origin": "null", "X-CSRF-Token": "its own"},
        {"Sec-Fetch-Site": "cross-site", "X-CSRF-Token": "its own"},
        {"Sec-Fetch-Site": "same-site", "X-CSRF-Token": "its own"},
        {"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site", "X-CSRF-Token": "its own"},
    ],
)
async def test_a_change_that_nobody_meant_is_refused(
    jonas: Browser, headers: dict[str, str]
) -> None:
    own = {"X-CSRF-Token": jonas.csrf} if headers.get("X-CSRF-Token") == "its own" else {}
    for entry in unsafe(jonas):
        if entry.who is Who.ANYBODY and headers.get("Origin") == ORIGIN and not own:
            continue  # nobody is signed in yet, so nobody's session can be abused
        response = await jonas.ask(entry.method, path_of(entry), headers={**headers, **own})
        assert response.status == 403, entry
        assert "evil" not in await response.text()
    assert jonas.parts.inbox.team.find_session(jonas.session)


async def test_the_token_of_another_session_is_none(maya: Browser, jonas: Browser) -> None:
    headers = {"Origin": ORIGIN, "Sec-Fetch-Site": SAME, "X-CSRF-Token": jonas.csrf}
    for entry in unsafe(maya):
        if entry.who is Who.ANYBODY:
            continue
        response = await maya.ask(entry.method, path_of(entry), headers=headers)
        assert response.status == 403, entry


async def test_two_tokens_are_none(maya: Browser) -> None:
    form = {"csrf": maya.csrf}
    headers = {"Origin": ORIGIN, "X-CSRF-Token": "x"}
    response = await maya.ask("POST", "/inbox/logout", data=form, headers=headers)
    assert response.status == 403


async def test_a_form_may_carry_the_token(maya: Browser) -> None:
    response = await maya.ask(
        "POST", "/inbox/logout", data={"csrf": maya.csrf}, headers={"Origin": ORIGIN}
    )
    assert response.status == 303


async def test_nothing_is_changed_by_reading(jonas: Browser) -> None:
    read = {entry.path for entry in entries(jonas.parts.inbox) if entry.method == "GET"}
    for entry in unsafe(jonas):
        if entry.path not in read:
            assert (await jonas.get(path_of(entry))).status in {404, 405}, entry
    assert jonas.parts.inbox.team.find_session(jonas.session)


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"])
async def test_a_method_is_what_it_is(maya: Browser, header: str) -> None:
    headers = {header: "POST", "X-CSRF-Token": maya.csrf, "Origin": ORIGIN}
    response = await maya.ask("GET", "/inbox/logout?_method=POST", headers=headers)
    assert response.status == 405
    assert maya.parts.inbox.team.find_session(maya.session)


async def test_what_is_for_admins_is_not_for_agents(maya: Browser) -> None:
    for entry in entries(maya.parts.inbox):
        if entry.who is Who.ADMIN:
            headers = {"Origin": ORIGIN, "X-CSRF-Token": maya.csrf}
            response = await maya.ask(entry.method, path_of(entry), headers=headers)
            assert response.status == 403, entry


async def test_a_fragment_is_told_where_to_sign_in(stranger: Browser) -> None:
    response = await stranger.get("/inbox/socket", **{"HX-Request": "true"})
    assert response.status in {401, 404}


@pytest.mark.parametrize("cookie", ["", "x", "x; {name}=y", "é"])
async def test_a_cookie_that_is_none_of_ours_opens_nothing(maya: Browser, cookie: str) -> None:
    text = f"{COOKIE}=" + cookie.replace("{name}", COOKIE)
    headers = {"Cookie": text, "Origin": ORIGIN, "X-CSRF-Token": maya.csrf}
    response = await maya.ask("POST", "/inbox/logout", headers=headers)
    assert response.status == 401


async def test_of_two_cookies_none_is_taken(maya: Browser) -> None:
    pair = f"{COOKIE}={maya.session}"
    headers = {"Cookie": f"{pair}; {pair}", "Origin": ORIGIN, "X-CSRF-Token": maya.csrf}
    assert (await maya.ask("POST", "/inbox/logout", headers=headers)).status == 401


async def test_a_session_that_has_ended_opens_nothing(maya: Browser, office: Office) -> None:
    assert maya.agent
    staff_of(office).disable(maya.agent.id, OPERATOR)
    assert (await maya.post("/inbox/logout")).status == 401


async def test_no_page_is_shown_in_a_frame_or_kept(stranger: Browser) -> None:
    response = await stranger.get("/inbox/login")
    policy = response.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'none'" in policy
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ["session", "inbox", COOKIE, "csrf"])
async def test_nothing_in_the_query_signs_in(maya: Browser, name: str) -> None:
    session, maya.session = maya.session, ""
    headers = {"Origin": ORIGIN, "X-CSRF-Token": maya.csrf, "Authorization": f"Bearer {session}"}
    response = await maya.ask("POST", f"/inbox/logout?{name}={session}", headers=headers)
    assert response.status == 401


async def test_the_token_does_not_come_by_the_query(maya: Browser) -> None:
    response = await maya.ask("POST", f"/inbox/logout?csrf={maya.csrf}", headers={"Origin": ORIGIN})
    assert response.status == 403


async def test_a_ticket_opens_for_its_own_session_only(maya: Browser, jonas: Browser) -> None:
    tickets = maya.parts.inbox.tickets
    ticket = tickets.issue(maya.session)
    assert maya.session not in ticket
    assert not await tickets.redeem(ticket, jonas.session)
    assert not await tickets.redeem(tickets.issue(maya.session), "")
    assert await tickets.redeem(tickets.issue(maya.session), maya.session)


async def test_two_agents_at_the_same_browser_have_two_sessions(
    maya: Browser, office: Office
) -> None:
    join(office, "ann@shop.example")
    before = maya.session
    await maya.sign_in("ann@shop.example")
    shown = maya.parts.inbox.team.find_session(maya.session)
    assert shown
    assert shown.email != MAYA
    assert maya.parts.inbox.team.find_session(before) is None
