"""A browser in the web chat."""

import asyncio
from dataclasses import dataclass
from typing import Any, ClassVar

from tests.bot.web.inbox.browsers import ORIGIN
from tests.events.world import World

ADA = "ada@example.com"


@dataclass
class Chatter:
    """Makes the frame's calls with a ticket of its own."""

    world: World
    ticket: str
    known: set[str]
    """Who was there before."""

    CALLS: ClassVar = ("session", "message", "address", "email", "decline", "typing", "seen")

    @classmethod
    async def come(cls, world: World) -> "Chatter":
        """Open a session."""
        chatter = cls(world, "", set(world.people("")))
        chatter.ticket = (await chatter.call("/chat/session"))["ticket"]
        return chatter

    @property
    def person(self) -> str:
        """Whom this browser has become, if anything is stored of it."""
        return next(iter({*self.world.people("")} - self.known), "nobody")

    async def do(self, call: str) -> None:
        match call:
            case "session":
                await self.call("/chat/session")
            case "message":
                await self.call("/chat/messages", text="Hello", client_id="c_hello")
            case "address":
                await self.call("/chat/messages", text=ADA, client_id="c_ada")
            case "email":
                await self.call("/chat/email", email=ADA)
            case "decline":
                await self.call("/chat/decline")
            case _:
                await self.signal(type=call, seq=1)

    async def call(self, path: str, **body: str) -> Any:  # noqa: ANN401 - any JSON
        async with self.world.client.post(path, json=body, headers=self._headers) as answer:
            assert answer.ok, await answer.text()
            return await answer.json() if answer.status != 204 else None

    async def signal(self, **frame: object) -> None:
        """Say something by a socket, and be sure that it was heard."""
        client = self.world.client
        async with client.ws_connect("/chat/socket", headers=self._headers) as socket:
            await socket.send_json({"type": "hello", "ticket": self.ticket, "after_seq": 0})
            await socket.send_json(frame)
            await socket.send_json({"type": "nonsense"})
            async with asyncio.timeout(20):
                while (await socket.receive_json()).get("code") != "bad_frame":
                    pass

    @property
    def _headers(self) -> dict[str, str]:
        ticket = {"X-Chat-Ticket": self.ticket} if self.ticket else {}
        return {"Host": "chat.example.com", "Origin": ORIGIN, **ticket}
