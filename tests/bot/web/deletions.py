"""Asking for one's data to be deleted, and looking how far that has come."""

import re

from aiohttp import web
from aiohttp.test_utils import TestClient

from channels.meta.deletion import PATH
from tests.signed_requests import SOMEBODY, sign

APP, OLDER_SECRET = "777", "canary-older-secret"
OTHER_APP, OTHER_SECRET, OTHER_PAGE = "888", "canary-other-secret", "2002"
ORIGIN = "https://chat.example.com"
Client = TestClient[web.Request, web.Application]

PENDING, DONE, NOTHING, FAILED = (
    "Your data is being deleted",
    "Your data is deleted",
    "There was nothing to delete",
    "Your data could not be found",
)


async def ask(client: Client, signed: str | None = None) -> dict[str, str]:
    async with client.post(PATH, data={"signed_request": signed or sign()}) as response:
        assert response.status == 200
        assert response.headers["Cache-Control"] == "no-store"
        answered: dict[str, str] = await response.json()
        return answered


async def look(client: Client, code: str) -> str:
    async with client.get(f"{PATH}/{code}") as response:
        assert response.status == 200
        assert response.headers["Cache-Control"] == "no-store"
        page = await response.text()
    assert SOMEBODY not in page
    title = re.search("<h1>(.*)</h1>", page)
    return title[1] if title else ""
