"""What agents choose for themselves."""

import asyncio

import pytest

from bot.desk.agent import Preferences
from tests.bot.agents import MAYA, PASSWORD
from tests.bot.web.inbox.browsers import Browser
from tests.office import Office

pytestmark = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
OTHER = "battery staple"


async def test_the_settings_show_what_is_chosen(maya: Browser) -> None:
    page = await (await maya.get("/inbox/settings")).text()
    assert 'value="Maya"' in page
    assert page.count(" checked") == 1
    form = {"name": "Maya <b>Olsen", "sound": "on", "desktop": "on"}
    response = await maya.post("/inbox/settings", form)
    assert (response.status, response.headers["Location"]) == (303, "/inbox/settings?said=kept")
    [agent] = maya.parts.inbox.team.list()
    assert agent.name == "Maya <b>Olsen"
    assert agent.preferences == Preferences(shortcuts=False, sound=True, desktop=True)
    page = await (await maya.get("/inbox/settings?said=kept")).text()
    assert "Saved." in page
    assert page.count(" checked") == 2


async def test_a_name_is_shown_as_text(maya: Browser, jonas: Browser) -> None:
    name = "<script>alert(1)</script>"
    await maya.post("/inbox/settings", {"name": name})
    for browser, path in ((maya, "/inbox/settings"), (jonas, "/inbox/team"), (maya, "/inbox")):
        page = await (await browser.get(path)).text()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


async def test_a_name_that_will_not_do_is_said_beside_it(maya: Browser) -> None:
    response = await maya.post("/inbox/settings", {"name": " "})
    assert response.status == 422
    assert "name: it is empty." in await response.text()


async def test_a_new_password_leaves_this_session_alone(maya: Browser, office: Office) -> None:
    other = Browser(maya.client, maya.parts)
    await other.sign_in(MAYA)
    form = {"old": PASSWORD, "new": OTHER}
    response = await maya.post("/inbox/settings/password", form)
    assert response.headers["Location"] == "/inbox/settings?said=password"
    assert (await maya.get("/inbox/settings")).status == 200
    assert (await other.get("/inbox/settings")).status == 303
    assert (await other.sign_in(MAYA)).status == 401
    assert (await other.sign_in(MAYA, OTHER)).status == 303


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("wrong horse", OTHER, "This is not your present password."),
        (PASSWORD, "short", "password: at least 10 characters."),
    ],
)
async def test_a_password_is_changed_with_care(
    maya: Browser, old: str, new: str, said: str
) -> None:
    response = await maya.post("/inbox/settings/password", {"old": old, "new": new})
    assert response.status == 422
    assert said in await response.text()
    assert (await Browser(maya.client, maya.parts).sign_in(MAYA)).status == 303


async def test_nobody_guesses_on_at_an_open_page(maya: Browser) -> None:
    form = {"old": "wrong horse", "new": OTHER}
    statuses = [(await maya.post("/inbox/settings/password", form)).status for _ in range(21)]
    assert 429 in statuses
    right = await maya.post("/inbox/settings/password", {"old": PASSWORD, "new": OTHER})
    assert right.status == 429


async def test_signing_out_everywhere_ends_this_session_too(maya: Browser) -> None:
    other = Browser(maya.client, maya.parts)
    await other.sign_in(MAYA)
    assert (await maya.post("/inbox/settings/sign-out-everywhere")).status == 303
    for browser in (maya, other):
        assert (await browser.get("/inbox/settings")).status == 303


async def test_an_agent_goes_away_and_comes_back(maya: Browser) -> None:
    response = await maya.post("/inbox/availability", {"available": "false", "next": "/inbox/42"})
    assert (response.status, response.headers["Location"]) == (303, "/inbox/42")
    [agent] = await asyncio.to_thread(maya.parts.inbox.team.list)
    assert not agent.available
    headers = {"HX-Request": "true", "X-CSRF-Token": maya.csrf}
    response = await maya.ask("POST", "/inbox/availability", {"available": "true"}, headers)
    assert (response.status, response.headers["HX-Trigger"]) == (204, "inbox:me")
    [agent] = await asyncio.to_thread(maya.parts.inbox.team.list)
    assert agent.available


async def test_nobody_is_somewhere_between(maya: Browser) -> None:
    assert (await maya.post("/inbox/availability", {"available": "maybe"})).status == 422
