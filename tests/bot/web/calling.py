"""Calls every address of a server, showing what would be let in there."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from aiohttp import ClientResponse, ClientSession, DummyCookieJar, web
from yarl import URL

from bot.desk.agent import AgentId
from bot.web.app import Parts, make_app
from bot.web.inbox.csrf import write_token
from bot.wiring.settings import given_settings
from bot.wiring.web import open_parts
from channels.meta.signature import sign
from tests.bot.agents import FAST, JONAS, join
from tests.bot.web.odd import Body
from tests.bot.web.serving import serving
from tests.environment import SECRET, TOKEN
from tests.office import Office

ORIGIN, HOST = "https://chat.example.com", "chat.example.com"
APP_SECRET = "an app's secret"  # noqa: S105 - signs nothing but these bodies
MAIL_SECRET = "a secret that lets in mails of these tests"  # noqa: S105 - none but theirs

_WORDS = re.compile(r"\w+([,:]? [\w'`/]+){2,}")


@dataclass
class Caller:
    """Shows at every address what would be let in there."""

    app: web.Application
    url: str
    client: ClientSession
    parts: Parts
    agent: AgentId
    ticket: str = ""
    session: str = ""
    faults: list[str] = field(default_factory=list)

    async def open_chat(self) -> None:
        headers = {"Host": HOST, "Origin": ORIGIN}
        answer = await self.client.post(f"{self.url}/chat/session", json={}, headers=headers)
        self.ticket = (await answer.json())["ticket"]

    async def call(self, method: str, path: str, body: Body | None = None) -> None:
        """Call, and note what is wrong with the answer."""
        answer = await self.ask(method, path, body)
        await self._judge(f"{method} {path[:100]} {body or ''}"[:200], answer)
        if answer.headers.get("Location", "").startswith("/inbox/login"):
            self.session = ""

    async def ask(
        self, method: str, path: str, body: Body | None = None, host: str = HOST
    ) -> ClientResponse:
        raw = body.of if body else None
        shown = self._shown(path, raw or b"") | {"Host": host}
        headers = {**shown, "Content-Type": body.kind, **body.headers} if body else shown
        url = URL(self.url + path, encoded=True)
        return await self.client.request(
            method, url, data=raw, headers=headers, allow_redirects=False
        )

    def _shown(self, path: str, body: bytes) -> dict[str, str]:
        headers = {"Host": HOST, "Origin": ORIGIN}
        if path.startswith("/inbox"):
            inbox = self.parts.inbox
            self.session = self.session or inbox.team.sign_in_as(self.agent)
            token = write_token(inbox.secrets[0], self.session)
            return {**headers, "Cookie": f"__Host-inbox={self.session}", "X-CSRF-Token": token}
        if path.startswith("/chat"):
            return {**headers, "X-Chat-Ticket": self.ticket}
        bearer = MAIL_SECRET if path.startswith("/webhooks/email") else TOKEN
        signed = sign(APP_SECRET, body)
        return {**headers, "Authorization": f"Bearer {bearer}", "X-Hub-Signature-256": signed}

    async def _judge(self, what: str, answer: ClientResponse) -> None:
        words = await answer.text(errors="replace")
        wordless = answer.status >= 400 and not _WORDS.search(words)
        if answer.status >= 500 or (wordless and "/meta/" not in what and "/webhooks/" not in what):
            self.faults.append(f"{what}: {answer.status} {words[:80]!r}")

    def routes(self) -> list[tuple[str, str]]:
        """List methods and paths as the table has them."""
        return sorted(
            {
                ("GET" if route.method == "*" else route.method, route.resource.canonical)
                for route in self.app.router.routes()
                if route.resource and route.method != "HEAD"
            }
        )


@asynccontextmanager
async def calling(office: Office, redis_url: str) -> AsyncIterator[Caller]:
    """Open a server on which everything is on, and there is something everywhere."""
    office.write("Hello", key="m_hello")
    office.write("me@corp.example")
    admin = join(office, JONAS, is_admin=True)
    parts = _open(office, redis_url)
    app = make_app(parts)
    async with serving(app) as served, _client() as client:
        caller = Caller(app, served.url, client, parts, admin.id)
        await caller.open_chat()
        yield caller


@asynccontextmanager
async def _client() -> AsyncIterator[ClientSession]:
    async with ClientSession(cookie_jar=DummyCookieJar()) as client:
        yield client


def _open(office: Office, redis_url: str) -> Parts:
    url = office.database.url
    plain = url.set(drivername=url.get_backend_name())
    values = {
        "database_url": plain.render_as_string(hide_password=False),
        "redis_url": redis_url,
        "public_url": ORIGIN,
        "secret_key": SECRET,
        "messenger_app_secret": APP_SECRET,
        "messenger_verify_token": "a verify token",
        "messenger_pages": '{"1001": "a page token"}',
        "api_tokens": TOKEN,
        "inbound_email_address": "reply@in.example.com",
        "inbound_email_secret": MAIL_SECRET,
        "demo": "true",
    }
    parts = open_parts(given_settings(values), lambda: office.now)
    inbox = parts.inbox
    team, staff = replace(inbox.team, passwords=FAST), replace(inbox.staff, passwords=FAST)
    return replace(parts, inbox=replace(inbox, team=team, staff=staff))


def fill(path: str, odd: str | None = None) -> str:
    """Fill in what a path leaves open, with something that is there or with something odd."""
    usual = {"version": "v25.0", "code": "0" * 40}
    return re.sub(r"{(\w+)[^}]*}", lambda part: odd or usual.get(part[1], "1"), path)
