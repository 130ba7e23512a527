"""A small bot in the place of the real one, behind the simulator."""

import asyncio
import hashlib
import hmac
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.core.model import VisitorKey
from bot.ports.channels import Outgoing
from bot.web.demo import DemoSettings, ReplyRefusedError, add_demo
from channels.messenger.profile import MessengerProfiles
from channels.messenger.sender import MessengerSender
from channels.meta.graph import GraphAddress, open_pages

Json: TypeAlias = Any  # whatever the webhook brings

PAGE, APP, SECRET, TOKEN = "100200300400500", "246813579", "demo-secret", "demo-token"
PROMPT = (
    "Automatic message: What is your email address? With it our reply reaches you even when you"
    " are no longer here."
)
_EMAIL = re.compile(r"\S+@\S+\.\w+")


@dataclass
class Delivery:
    """One POST to the webhook, as it came."""

    body: bytes
    headers: dict[str, str]

    @property
    def event(self) -> dict[str, Json]:
        event: dict[str, Json] = json.loads(self.body)["entry"][0]["messaging"][0]
        return event


@dataclass
class StandInBot:
    """Keeps what it hears; speaks through facebook-sdk when it is told to."""

    deliveries: list[Delivery] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    """What the webhook answers next; 200 when there is nothing left."""
    conversations: dict[str, dict[str, Json]] = field(default_factory=dict)
    delay: timedelta = timedelta(seconds=60)
    url: str = ""
    hosts: frozenset[str] = frozenset()
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    def settings(self) -> DemoSettings:
        return DemoSettings(
            page_id=PAGE,
            app_id=APP,
            app_secret=SECRET,
            page_token=TOKEN,
            webhook_url=lambda: f"{self.url}/webhooks/messenger",
            peek=self.peek,
            reply=self.reply,
            hosts=self.hosts,
        )

    async def start(self) -> TestServer:
        app = web.Application()
        app.router.add_post("/webhooks/messenger", self._hear)
        add_demo(app, self.settings())
        server = TestServer(app)
        await server.start_server()
        self.url = str(server.make_url("")).rstrip("/")
        return server

    @property
    def events(self) -> list[dict[str, Json]]:
        return [delivery.event for delivery in self.deliveries]

    async def hear_of(self, kind: str) -> dict[str, Json]:
        """Wait until something of this kind has come, and give the first one."""
        async with self._news, asyncio.timeout(10):
            await self._news.wait_for(lambda: any(kind in event for event in self.events))
        return next(event for event in self.events if kind in event)

    async def peek(self, psid: str) -> dict[str, Json] | None:
        return self.conversations.get(psid)

    async def reply(self, id: int, text: str) -> None:
        if text == "too late":
            reason = "The visitor's last message is more than a day old."
            raise ReplyRefusedError(reason)
        psid = next(psid for psid, each in self.conversations.items() if each["id"] == id)
        capture = {"state": "idle", "reason": "Not asked: an agent has replied.", "due_at": None}
        self.conversations[psid] |= {"capture": capture}
        self._keep(psid, "outgoing", text)
        await self.send(psid, text)

    async def send(self, psid: str, text: str, **more: Json) -> str:
        sender = MessengerSender(self._pages())
        message = Outgoing(text=text, metadata="ob:7", **more)
        receipt = await asyncio.to_thread(sender.send, VisitorKey("messenger", PAGE, psid), message)
        return receipt.provider_key

    async def ask(self, psid: str) -> str:
        reason = "Asked, since nobody had replied for 60 s."
        self.conversations[psid]["capture"] = {"state": "asked", "reason": reason, "due_at": None}
        self._keep(psid, "outgoing", PROMPT)
        return await self.send(psid, PROMPT, asks_for_email=True, decline_label="No thanks")

    async def look_up(self, psid: str) -> None:
        profiles = MessengerProfiles(self._pages())
        profile = await asyncio.to_thread(
            profiles.read_profile, VisitorKey("messenger", PAGE, psid)
        )
        visitor = self.conversations[psid]["visitor"]
        visitor["guest"] = profile.guest
        if profile.first_name:
            visitor["name"] = f"{profile.first_name} {profile.last_name}"

    def _pages(self) -> Json:
        return open_pages({PAGE: TOKEN}, GraphAddress(f"{self.url}/demo/graph"), SECRET)

    async def _hear(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.deliveries.append(Delivery(body, dict(request.headers)))
        async with self._news:
            self._news.notify_all()
        good = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        if request.headers["X-Hub-Signature-256"] != f"sha256={good}":
            return web.Response(status=403)
        status = self.answers.pop(0) if self.answers else 200
        event = self.deliveries[-1].event
        message = event.get("message", {})
        if status == 200 and "text" in message and not message.get("is_echo"):
            await self._answer(event["sender"]["id"], message["text"])
        return web.Response(status=status, text="EVENT_RECEIVED")

    async def _answer(self, psid: str, text: str) -> None:
        conversation = self.conversations.setdefault(psid, self._begin(psid))
        self._keep(psid, "incoming", text)
        found = _EMAIL.search(text)
        if conversation["capture"]["state"] == "asked" and found:
            self._capture(conversation, found[0])
        elif conversation["capture"]["state"] == "asked" and text == "No thanks":
            reason = "Not asked again: the visitor said no."
            conversation["capture"] = {"state": "declined", "reason": reason, "due_at": None}
        elif conversation["capture"]["state"] == "idle":
            due = datetime.now(UTC) + self.delay
            reason = "The visitor is unknown: it will be asked unless an agent replies first."
            conversation["capture"] = {
                "state": "scheduled",
                "reason": reason,
                "due_at": due.isoformat(),
            }

    def _begin(self, psid: str) -> dict[str, Json]:
        now = datetime.now(UTC).isoformat()
        name = f"Unknown visitor {hashlib.sha256(psid.encode()).hexdigest()[:4].upper()}"
        return {
            "id": len(self.conversations) + 1,
            "channel": "messenger",
            "account": PAGE,
            "status": "open",
            "visitor": {
                "id": 1,
                "name": name,
                "unknown": True,
                "guest": False,
                "external_id": psid,
            },
            "contact": None,
            "contact_assurance": None,
            "capture": {"state": "idle", "reason": "Nothing to ask yet.", "due_at": None},
            "waiting_since": now,
            "last_message_at": now,
            "messages": [],
        }

    def _keep(self, psid: str, direction: str, text: str) -> None:
        kept = {"direction": direction, "text": text, "at": datetime.now(UTC).isoformat()}
        self.conversations[psid]["messages"].append(kept)

    def _capture(self, conversation: dict[str, Json], email: str) -> None:
        first, _, last = conversation["visitor"]["name"].partition(" ")
        unnamed = first == "Unknown"
        conversation["contact"] = {
            "id": 12,
            "email": email,
            "first_name": "" if unnamed else first,
            "last_name": "" if unnamed else last,
            "source": "capture",
            "created_at": datetime.now(UTC).isoformat(),
        }
        conversation["contact_assurance"] = "claimed"
        conversation["visitor"]["unknown"] = False
        reason = "The visitor gave this address in answer to the question."
        conversation["capture"] = {"state": "captured", "reason": reason, "due_at": None}
