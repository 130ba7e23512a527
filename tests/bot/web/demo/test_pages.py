"""The simulator's page, and who may use it."""

import pytest

from bot.web.demo.people import PersonKind
from tests.bot.web.demo.browser import Browser
from tests.bot.web.demo.stand_in_bot import StandInBot

PAGE = "/demo/messenger"


async def test_the_page_allows_itself_nothing_but_its_own_files(browser: Browser) -> None:
    page = await browser.get(PAGE)
    policy = page.headers["Content-Security-Policy"]
    assert page.status == 200
    assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"} <= set(
        policy.split("; ")
    )
    assert "unsafe" not in policy
    for inline in ("<style", "style=", "onclick", "<script>"):
        assert inline not in page.text


async def test_every_file_that_the_page_names_is_there(browser: Browser) -> None:
    page = (await browser.get(PAGE)).text
    named = {part.split('"')[0] for part in page.split(f'"{PAGE}/static/')[1:]}
    named |= {"phone.js", "panel.js", "elements.js"}
    for name in named:
        answer = await browser.get(f"{PAGE}/static/{name}")
        assert answer.status == 200, name
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["nothing.js", "..%2fapp.py", "%2e%2e%2ftokens.css"])
async def test_no_other_file_is_given_away(browser: Browser, name: str) -> None:
    assert (await browser.get(f"{PAGE}/static/{name}")).status == 404


@pytest.mark.parametrize(
    "host", ["rebound.example", "evillocalhost", "127.0.0.1.example:80", "[::", ""]
)
@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/state", "/demo/graph/v25.0/me"])
async def test_another_host_is_refused(browser: Browser, host: str, path: str) -> None:
    assert (await browser.get(path, {"Host": host})).status == 421


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "[::1]:8080", "shop.localhost"])
async def test_this_machine_goes_by_several_names(browser: Browser, host: str) -> None:
    assert (await browser.get(PAGE, {"Host": host})).status == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
async def test_another_site_changes_nothing(browser: Browser, origin: str) -> None:
    headers = {"Origin": origin}
    answer = await browser.post(f"{PAGE}/people", {"kind": "guest"}, headers)
    assert answer.status == 403


async def test_a_form_of_another_kind_is_refused(browser: Browser) -> None:
    headers = {"Content-Type": "text/plain"}
    answer = await browser.post(f"{PAGE}/people", {"kind": "guest"}, headers)
    assert answer.status == 422


@pytest.mark.parametrize("kind", ["robot", "", 7, None])
async def test_there_are_three_kinds_of_people(browser: Browser, kind: object) -> None:
    assert (await browser.post(f"{PAGE}/people", {"kind": kind})).status == 422


@pytest.mark.parametrize("text", ["", " \n", "x" * 5001])
async def test_a_message_says_something_and_ends(browser: Browser, text: str) -> None:
    psid = await browser.join()
    assert (await browser.tell(psid, "messages", text=text)).status == 422


async def test_whoever_is_forgotten_is_told_to_start_again(browser: Browser) -> None:
    answers = [await browser.get(f"{PAGE}/state?person=7"), await browser.tell("7", "seen")]
    assert [answer.status for answer in answers] == [404, 404]
    assert answers[0].json["error"]["code"] == "no_such_person"


async def test_the_state_shows_what_the_system_knows(bot: StandInBot, browser: Browser) -> None:
    psid = await browser.join(PersonKind.GUEST)
    assert (await browser.look(psid))["conversation"] is None
    await browser.tell(psid, "messages", text="Hello")
    assert (await browser.look(psid))["conversation"] == bot.conversations[psid]


async def test_an_answer_of_the_team_goes_through_the_system(
    bot: StandInBot, browser: Browser
) -> None:
    psid = await browser.join()
    await browser.tell(psid, "messages", text="Hello")
    state = (await browser.tell(psid, "replies", text="Good morning")).json
    assert state["conversation"]["capture"]["state"] == "idle"
    assert [message["text"] for message in state["person"]["messages"]] == ["Hello", "Good morning"]


@pytest.mark.parametrize(("written", "reply"), [(False, "Hello"), (True, "too late")])
async def test_an_answer_that_is_not_possible_says_why(
    browser: Browser, reply: str, *, written: bool
) -> None:
    psid = await browser.join()
    if written:
        await browser.tell(psid, "messages", text="Hello")
    answer = await browser.tell(psid, "replies", text=reply)
    assert answer.status == 409
    assert answer.json["error"]["message"].endswith(".")


async def test_hosts_of_ours_may_be_named(browser: Browser, bot: StandInBot) -> None:
    other = StandInBot(hosts=frozenset({"chat.example.com"}))
    server = await other.start()
    there = Browser(browser.session, other.url)
    answer = await there.get(PAGE, {"Host": "chat.example.com"})
    await server.close()
    assert answer.status == 200
