"""Tabs of browsers with the chat open, and all that they can find out."""

import asyncio
import json
import re
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientWebSocketResponse, WSMsgType

from tests.bot.web.inbox.browsers import ORIGIN
from tests.events.world import World

_FROM_OUR_PAGE = {"Host": "chat.example.com", "Origin": ORIGIN}


@dataclass
class Tab:
    """One tab: the frame's ticket, and the cookie of its browser."""

    world: World
    cookie: str = ""
    ticket: str = ""
    conversation: dict[str, Any] = field(default_factory=dict)

    async def load(self) -> "Tab":
        """Load the frame, as a new tab or once more."""
        async with self.world.client.get(
            "/chat/frame", headers=self._headers(ticket=False)
        ) as page:
            assert page.status == 200
            self._keep_cookie(page.headers.get("Set-Cookie"))
            text = await page.text()
            found = re.search(r'<script id="settings"[^>]*>(.*?)</script>', text, re.DOTALL)
        assert found
        settings = json.loads(found[1])
        self.ticket, self.conversation = settings["ticket"], settings["conversation"]
        return self

    async def beside(self) -> "Tab":
        """Open another tab of the same browser, or of one to which its cookie was copied."""
        return await Tab(self.world, self.cookie).load()

    async def write(self, text: str = "Hello") -> dict[str, Any]:
        return dict(await self.post("/chat/messages", text=text, client_id=f"c {text}"))

    async def give(self, email: str) -> int:
        body, headers = {"email": email}, self._headers()
        async with self.world.client.post("/chat/email", json=body, headers=headers) as answer:
            return answer.status

    async def press(self, link: str) -> int:
        """Press the button behind a mail's link, in this browser."""
        headers = self._headers(ticket=False)
        client = self.world.client
        async with client.post(link, headers=headers, allow_redirects=False) as answer:
            self._keep_cookie(answer.headers.get("Set-Cookie"))
            return answer.status

    async def ask(self) -> int:
        """Wish for a mail that proves the address."""
        return await self._prove()

    async def prove(self, code: str) -> int:
        return await self._prove(code=code)

    async def _prove(self, **body: str) -> int:
        headers = self._headers()
        async with self.world.client.post("/chat/proof", json=body, headers=headers) as answer:
            return answer.status

    async def messages(self, **query: int) -> list[dict[str, Any]]:
        return list((await self._get("/chat/messages", **query))["messages"])

    async def signs(self) -> dict[str, Any]:
        """Find out all that there is, by every way there is."""
        pages = [await self._get("/chat/messages", **{name: 0}) for name in ("after_seq",)]
        session = await self.post("/chat/session")
        return {
            "newest": await self._get("/chat/messages"),
            "pages": pages,
            "earlier": await self._get("/chat/messages", before_seq=1_000),
            "session": [session["visitor"], session["conversation"]],
            "frame": (await self.beside()).conversation,
            "socket": await self._listen(),
        }

    async def connect(self) -> ClientWebSocketResponse:
        """Open a socket, which is told all that was said."""
        client = self.world.client
        socket = await client.ws_connect("/chat/socket", headers=self._headers())
        await socket.send_json({"type": "hello", "ticket": self.ticket, "after_seq": 0})
        return socket

    async def post(self, path: str, **body: str) -> Any:  # noqa: ANN401 - any JSON
        client = self.world.client
        async with client.post(path, json=body, headers=self._headers()) as answer:
            assert answer.ok, await answer.text()
            return await answer.json()

    async def _get(self, path: str, **query: int) -> Any:  # noqa: ANN401 - any JSON
        client = self.world.client
        async with client.get(path, params=query, headers=self._headers()) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def _listen(self) -> list[dict[str, Any]]:
        async with await self.connect() as socket:
            return await frames_until_now(socket)

    def _headers(self, *, ticket: bool = True) -> dict[str, str]:
        shown = {"X-Chat-Ticket": self.ticket} if ticket and self.ticket else {}
        return {**_FROM_OUR_PAGE, **shown, **({"Cookie": self.cookie} if self.cookie else {})}

    def _keep_cookie(self, header: str | None) -> None:
        if header:
            self.cookie = header.partition(";")[0]


async def frames_until_now(socket: ClientWebSocketResponse) -> list[dict[str, Any]]:
    """Read what has come down a socket; nonsense that is answered marks the end."""
    await socket.send_json({"type": "nonsense"})
    frames = []
    async with asyncio.timeout(20):
        while (message := await socket.receive()).type is WSMsgType.TEXT:
            frame = json.loads(message.data)
            if frame.get("code") == "bad_frame":
                break
            frames.append(frame)
    return frames
