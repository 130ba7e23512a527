"""The team page."""

import pytest

from bot.desk.agents import OPERATOR
from bot.web.app import make_app
from tests.bot.agents import MAYA, PASSWORD, join, staff_of
from tests.bot.web.inbox.browsers import Browser, open_inbox
from tests.bot.web.sites import HOST, Serve
from tests.environment import TOKEN
from tests.office import Office

pytestmark = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
ANN = "ann@shop.example"


async def test_an_admin_lets_somebody_in(jonas: Browser) -> None:
    form = {"email": ANN, "name": "Ann Lee", "password": PASSWORD}
    response = await jonas.post("/inbox/team", form)
    assert response.headers["Location"] == "/inbox/team?said=added"
    page = await (await jonas.get("/inbox/team")).text()
    assert "Ann Lee" in page
    assert PASSWORD not in page
    assert (await Browser(jonas.client, jonas.parts).sign_in(ANN)).status == 303


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"email": "ann", "password": PASSWORD}, 422),
        ({"email": ANN, "password": "short"}, 422),
        ({"email": ANN}, 422),
        ({"email": "jonas@shop.example", "password": PASSWORD}, 409),
    ],
)
async def test_who_can_not_join_is_said(jonas: Browser, form: dict[str, str], status: int) -> None:
    response = await jonas.post("/inbox/team", form)
    page = await response.text()
    assert (response.status, 'role="alert"' in page) == (status, True)
    assert f'value="{form["email"]}"' in page
    assert PASSWORD not in page


async def test_a_disabled_agent_is_out(jonas: Browser, maya: Browser) -> None:
    assert maya.agent
    path = f"/inbox/team/{maya.agent.id}"
    assert (await jonas.post(f"{path}/disable")).status == 303
    assert (await maya.get("/inbox/settings")).status == 303
    assert (await maya.sign_in(MAYA)).status == 401
    assert (await jonas.post(f"{path}/enable")).status == 303
    assert (await maya.sign_in(MAYA)).status == 303


async def test_who_is_no_longer_admin_sees_the_page_no_more(jonas: Browser, maya: Browser) -> None:
    assert maya.agent
    assert jonas.agent
    assert (await maya.get("/inbox/team")).status == 403
    await jonas.post(f"/inbox/team/{maya.agent.id}/admin")
    assert (await maya.get("/inbox/team")).status == 200
    assert (await maya.post(f"/inbox/team/{jonas.agent.id}/no-admin")).status == 303
    assert (await jonas.get("/inbox/team")).status == 403


@pytest.mark.parametrize("act", ["disable", "no-admin"])
async def test_the_last_admin_stays(jonas: Browser, act: str) -> None:
    assert jonas.agent
    response = await jonas.post(f"/inbox/team/{jonas.agent.id}/{act}")
    assert response.status == 409
    assert "Somebody must be admin" in await response.text()


async def test_nobody_is_not_found(jonas: Browser) -> None:
    assert (await jonas.post("/inbox/team/999/disable")).status == 404


async def test_programs_give_a_conversation_to_agents_only(
    office: Office, redis_url: str, aiohttp_client: Serve
) -> None:
    office.write("Hello")
    join(office, MAYA)
    gone = join(office, ANN)
    staff_of(office).disable(gone.id, OPERATOR)
    parts = open_inbox(office, redis_url, api_tokens=TOKEN)
    site = await aiohttp_client(make_app(parts))
    headers = {**HOST, "Authorization": f"Bearer {TOKEN}"}
    [conversation] = office.rows("conversations")
    path, answers = f"/api/v1/conversations/{conversation['id']}", []
    for assignee in (ANN, "nobody@shop.example", "MAYA@shop.example"):
        change = {"assignee": assignee, "version": conversation["version"]}
        response = await site.patch(path, json=change, headers=headers)
        answers.append((response.status, (await response.json()).get("error", {}).get("code")))
    assert answers == [(422, "no_such_agent"), (422, "no_such_agent"), (200, None)]
    assert office.rows("conversations")[0]["assignee"] == MAYA
