"""Calls as the simulator's page makes them."""

import json
from dataclasses import dataclass
from typing import Any, TypeAlias

from aiohttp import ClientSession

from bot.web.demo.people import PersonKind

Json: TypeAlias = Any  # whatever was answered


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Json:
        return json.loads(self.text)


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser that has the simulator open."""

    session: ClientSession
    origin: str

    async def get(self, path: str, headers: dict[str, str] | None = None) -> Answer:
        async with self.session.get(self.origin + path, headers=headers) as response:
            return Answer(response.status, dict(response.headers), await response.text())

    async def post(
        self, path: str, body: Json = None, headers: dict[str, str] | None = None
    ) -> Answer:
        own = {"Origin": self.origin, **(headers or {})}
        url = self.origin + path
        async with self.session.post(url, json=body or {}, headers=own) as response:
            return Answer(response.status, dict(response.headers), await response.text())

    async def join(self, kind: PersonKind = PersonKind.MEMBER) -> str:
        """Become somebody new; gives the page-scoped id."""
        answer = await self.post("/demo/messenger/people", {"kind": kind})
        assert answer.status == 201, answer.text
        return str(answer.json["person"]["psid"])

    async def tell(self, psid: str, what: str, **body: str) -> Answer:
        return await self.post(f"/demo/messenger/people/{psid}/{what}", body)

    async def look(self, psid: str) -> Json:
        return (await self.get(f"/demo/messenger/state?person={psid}")).json
