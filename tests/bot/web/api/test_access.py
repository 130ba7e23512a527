"""Who gets in."""

import shutil
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.desk import Desk
from bot.web.api import add_api
from tests.bot.web.api.calls import TOKEN, Api

PATHS = ["/conversations", "/conversations/1", "/contacts", "/nowhere"]


@pytest.fixture
def migrated_url(migrated_file: Path, tmp_path: Path) -> str:
    """One engine is enough here."""
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'whosthere.db')}"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": TOKEN},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": f"Bearer {TOKEN[:-1]}"},
        {"Authorization": "Bearer t\u00f6ken"},
        {"X-Token": TOKEN},
    ],
)
async def test_without_a_token_nothing_is_shown(
    api: Api, path: str, headers: dict[str, str]
) -> None:
    reply = await api.get(path, headers=headers)
    assert (reply.status, reply.code) == (401, "unauthorized")
    assert reply.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("name", ["token", "access_token", "api_token"])
async def test_a_token_in_the_query_opens_nothing(api: Api, name: str) -> None:
    assert (await api.get(f"/conversations?{name}={TOKEN}", headers={})).status == 401
    assert (await api.get(f"/conversations?{name}={TOKEN}")).status == 422


async def test_two_authorization_headers_are_none(api: Api) -> None:
    headers = [("Authorization", f"Bearer {TOKEN}"), ("Authorization", "Bearer other")]
    assert (await api.get("/conversations", headers=headers)).status == 401


@pytest.mark.parametrize("header", [f"Bearer {TOKEN}", f"bearer {TOKEN}", "Bearer first-token"])
async def test_every_token_opens_the_api(api: Api, header: str) -> None:
    assert (await api.get("/conversations", headers={"Authorization": header})).status == 200


@pytest.mark.parametrize("tokens", [[], [""]])
async def test_without_tokens_the_api_is_closed(desk: Desk, tokens: list[str]) -> None:
    app = web.Application()
    add_api(app, desk, tokens)
    async with TestClient(TestServer(app)) as client:
        api = Api(client)
        for header in ("Bearer ", "Bearer x", ""):
            headers = {"Authorization": header}
            assert (await api.get("/conversations", headers=headers)).status == 401


async def test_the_description_is_for_everybody(api: Api) -> None:
    reply = await api.get("/openapi.json", headers={})
    assert (reply.status, reply.body["openapi"]) == (200, "3.1.0")
