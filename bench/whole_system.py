"""All of Whosthere as in earnest: web, worker and clock, with mails in and out, and Messenger."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any

import requests
import sqlalchemy as sa

from bench.machine import free_port
from bench.webhooks import PAGE, SECRET
from bot.desk.agents import OPERATOR, Agents, Newcomer
from bot.edge.signing import Signer
from bot.intake.record import record
from bot.runtime.secret import derived_keys
from bot.storage.database.engine import Database
from bot.storage.database.transactions import retry_races
from bot.storage.migrate import upgrade
from bot.storage.tables import messages
from bot.wiring.ground import now
from bot.wiring.settings import given_settings
from channels.webchat.identity import Identities, Identity
from channels.webchat.letters import ChatText, message_arrival
from config.settings import Settings
from tests.fake_graph import running_fake_graph
from tests.imap_server import FakeMailbox, running_mailbox
from tests.mail_server import PostOffice, running_post

PROCESSES = {"web": ("bot", "web"), "worker": ("workers",), "clock": ("bot", "clock")}
AGENTS = ("maya@shop.example", "tom@shop.example")
PASSWORD = "four unlikely otters knitting"  # noqa: S105 - opens a server of our own
MAIL_SECRET = "a mail secret of benchmarks and nothing else"  # noqa: S105 - as above
_API_TOKEN = "a token of the benchmarks and of nothing else"  # noqa: S105 - as above
_GROUP = 500
_PATIENCE = 60.0  # seconds
_MALLORY = "mallory@example.net"


@dataclass
class WholeSystem:
    """What runs, and what stands around it."""

    environment: dict[str, str]
    directory: Path
    post: PostOffice
    mailbox: FakeMailbox
    processes: dict[str, subprocess.Popen[bytes]]

    @property
    def origin(self) -> str:
        """Where it is reached."""
        return self.environment["PUBLIC_URL"]

    @property
    def pids(self) -> list[int]:
        """The processes' ids."""
        return [process.pid for process in self.processes.values()]

    def log_lines(self) -> int:
        """Count what all processes have logged so far."""
        return sum(path.read_bytes().count(b"\n") for path in self.directory.glob("*.log"))

    def settle(self, count: int) -> str:
        """Let a visitor have written so many messages; returns its ticket."""
        identity = self._identities.make(self.origin, "en")
        with _database(self.environment) as database:
            for first in range(0, count, _GROUP):
                write = partial(_write, self._settings, identity, first)
                retry_races(database, write)
        return self._identities.write_ticket(identity)

    def count_delivered(self) -> int:
        """Count what is stored of long deliveries."""
        query = sa.select(sa.func.count()).where(messages.c.provider_key.contains("/m_long_"))
        with _database(self.environment) as database, database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def become_reachable_by_mail(self) -> str:
        """Let the attacker chat, be answered by mail, and learn where to answer."""
        shown = {"Origin": self.origin, "X-Forwarded-For": "10.9.1.1"}
        shown["X-Chat-Ticket"] = self._post("/chat/session", {}, shown)["ticket"]
        self._post("/chat/messages", {"text": "Are you there?", "client_id": "1"}, shown)
        self._post("/chat/email", {"email": _MALLORY}, shown)
        bearer = {"Authorization": f"Bearer {_API_TOKEN}"}
        listed = requests.get(f"{self.origin}/api/v1/conversations", headers=bearer, timeout=10)
        talk = listed.json()["conversations"][0]["id"]
        reply = {"text": "We are.", "client_id": "1"}
        self._post(f"/api/v1/conversations/{talk}/messages", reply, bearer)
        _until(lambda: bool(self.post.mails_to(_MALLORY)))
        [found] = re.findall(r"[^<\s]+@[^>\s]+", self.post.mails_to(_MALLORY)[0]["Reply-To"])
        return str(found)

    def _post(self, path: str, body: object, headers: dict[str, str]) -> dict[str, Any]:
        answer = requests.post(f"{self.origin}{path}", json=body, headers=headers, timeout=10)
        answer.raise_for_status()
        return dict(answer.json())

    @property
    def _settings(self) -> Settings:
        return given_settings({name.lower(): each for name, each in self.environment.items()})

    @property
    def _identities(self) -> Identities:
        return Identities(Signer(derived_keys(self._settings, "web chat")), now)


@contextmanager
def running_system(directory: Path, database_url: str, redis_url: str) -> Iterator[WholeSystem]:
    """Run everything until the block ends."""
    with ExitStack() as stack:
        post = stack.enter_context(running_post())
        mailbox = stack.enter_context(running_mailbox())
        graph = stack.enter_context(running_fake_graph())
        environment = _environment(free_port(), directory, graph.url) | {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "SMTP_URL": post.url,
            "INBOUND_IMAP_URL": f"imap://ann:{mailbox.password}@127.0.0.1:{mailbox.port}/INBOX",
        }
        _prepare(environment)
        processes = {
            name: stack.enter_context(_process(environment, command, directory / f"{name}.log"))
            for name, command in PROCESSES.items()
        }
        system = WholeSystem(environment, directory, post, mailbox, processes)
        _until(lambda: _is_ready(system))
        yield system


def _environment(port: int, directory: Path, graph_url: str) -> dict[str, str]:
    return {
        "DATA_DIR": str(directory / "var"),
        "SECRET_KEY": "a secret key of benchmarks alone",
        "PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "TRUSTED_PROXIES": "127.0.0.0/8",
        "API_TOKENS": _API_TOKEN,
        "MESSENGER_APP_SECRET": SECRET,
        "MESSENGER_APP_ID": "9001",
        "MESSENGER_VERIFY_TOKEN": "verify",
        "MESSENGER_PAGES": json.dumps({PAGE: "token"}),
        "MESSENGER_GRAPH_URL": graph_url,
        "CAPTURE_DELAY_SECONDS": "1",
        "EMAIL_FROM": "Northwind <chat@shop.example>",
        "FOLLOW_UP_DELAY_SECONDS": "0",
        "INBOUND_EMAIL_ADDRESS": "reply@shop.example",
        "INBOUND_EMAIL_SECRET": MAIL_SECRET,
        "DEMO": "false",
        "LOG_FORMAT": "json",
    }


def _prepare(environment: dict[str, str]) -> None:
    with _database(environment) as database:
        upgrade(database)
        staff = Agents(database, now)
        for email in AGENTS:
            staff.add(Newcomer(email, PASSWORD, None, is_admin=True), OPERATOR)


@contextmanager
def _database(environment: dict[str, str]) -> Iterator[Database]:
    database = Database(environment["DATABASE_URL"])
    try:
        yield database
    finally:
        database.close()


@contextmanager
def _process(
    environment: dict[str, str], command: tuple[str, ...], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as file:
        process = _start(command, environment, file)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(_PATIENCE)


def _start(
    command: tuple[str, ...], environment: dict[str, str], log: IO[bytes]
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own
        [sys.executable, "-m", *command],
        env={"PATH": os.environ["PATH"], **environment},
        stdout=log,
        stderr=subprocess.STDOUT,
    )


def _write(settings: Settings, who: Identity, first: int, connection: sa.Connection) -> None:
    at = now()
    arrivals = [
        message_arrival(who.place, ChatText(f"{number}: is anybody there?", str(number)), at, "en")
        for number in range(first, first + _GROUP)
    ]
    record(connection, arrivals, settings.capture_rules, at).save()


def _is_ready(system: WholeSystem) -> bool:
    try:
        return requests.get(f"{system.origin}/readyz", timeout=5).ok
    except requests.ConnectionError:
        return False


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE
    while not condition():
        if time.monotonic() > end:
            sys.exit("it did not come in time")
        time.sleep(0.1)
