"""How a program calls the API in tests."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient

TOKEN = "second-token"  # noqa: S105 - opens nothing but a test
AUTHORIZED = {"Authorization": f"Bearer {TOKEN}"}


@dataclass(frozen=True)
class Reply:
    status: int
    body: Any  # whatever JSON may hold
    headers: dict[str, str]

    @property
    def code(self) -> str:
        return str(self.body["error"]["code"])


@dataclass(frozen=True)
class Api:
    client: TestClient[web.Request, web.Application]

    async def get(self, path: str, **options: Any) -> Reply:  # noqa: ANN401 - as aiohttp takes them
        return await self.call("GET", path, **options)

    async def post(self, path: str, body: object) -> Reply:
        return await self.call("POST", path, json=body)

    async def patch(self, path: str, body: object) -> Reply:
        return await self.call("PATCH", path, json=body)

    async def call(self, method: str, path: str, **options: Any) -> Reply:  # noqa: ANN401 - as above
        options.setdefault("headers", AUTHORIZED)
        async with self.client.request(method, "/api/v1" + path, **options) as response:
            body = await response.json() if method != "HEAD" else None
            return Reply(response.status, body, dict(response.headers))
