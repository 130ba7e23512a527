"""Browsers of agents, before the whole web process."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from aiohttp import ClientResponse

from bot.desk.agent import Agent
from bot.web.app import Parts
from bot.web.inbox.csrf import write_token
from bot.wiring.settings import given_settings
from bot.wiring.web import open_parts
from config.settings import Settings
from tests.bot.agents import FAST, PASSWORD
from tests.bot.web.sites import Client
from tests.environment import SECRET
from tests.office import Office

ORIGIN = "https://chat.example.com"
COOKIE = "__Host-inbox"


@dataclass
class Browser:
    """Keeps one cookie, and says where its requests come from as browsers do."""

    client: Client
    parts: Parts
    agent: Agent | None = None
    session: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str, **headers: str) -> ClientResponse:
        return await self.ask("GET", path, headers=headers)

    async def post(self, path: str, data: Mapping[str, Any] | None = None) -> ClientResponse:
        """Send a form from a page of ours."""
        sent = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin", "X-CSRF-Token": self.csrf}
        return await self.ask("POST", path, data=data, headers=sent)

    async def ask(
        self,
        method: str,
        path: str,
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> ClientResponse:
        """Send what the test says, with the cookie."""
        own = {"Host": "chat.example.com"}
        if self.session:
            own["Cookie"] = f"{COOKIE}={self.session}"
        sent = {**own, **self.headers, **(headers or {})}
        response = await self.client.request(
            method, path, data=data, headers=sent, allow_redirects=False
        )
        for cookie in response.headers.getall("Set-Cookie", []):
            name, _, rest = cookie.partition("=")
            if name == COOKIE:
                self.session = rest.partition(";")[0]
        return response

    @property
    def csrf(self) -> str:
        return write_token(self.parts.inbox.secrets[0], self.session)

    async def sign_in(self, email: str, password: str = PASSWORD) -> ClientResponse:
        self.client.session.cookie_jar.clear()
        form = {"email": email, "password": password}
        return await self.ask("POST", "/inbox/login", data=form)


def open_inbox(office: Office, redis_url: str, **settings: str) -> Parts:
    """Put the web's parts together on the office's database and time."""
    return open_web(office, given_settings(inbox_values(office, redis_url, **settings)))


def inbox_values(office: Office, redis_url: str, **settings: str) -> dict[str, object]:
    """Set what an installation on the office's database needs."""
    url = office.database.url
    plain = url.set(drivername=url.get_backend_name())
    return {
        "database_url": plain.render_as_string(hide_password=False),
        "redis_url": redis_url,
        "public_url": ORIGIN,
        "secret_key": SECRET,
        "demo": "false",
        **settings,
    }


def open_web(office: Office, settings: Settings) -> Parts:
    """Put the web's parts together as they are set, at the office's time."""

    def clock() -> datetime:
        return office.now

    parts = open_parts(settings, clock)
    inbox = parts.inbox
    return replace(
        parts,
        inbox=replace(
            inbox,
            team=replace(inbox.team, passwords=FAST),
            staff=replace(inbox.staff, passwords=FAST),
        ),
    )
