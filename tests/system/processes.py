"""Starts, watches and kills the processes of the Procfile."""

import json
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import pytest
import requests
import sqlalchemy as sa
from redis import Redis

from bot.storage.database.engine import Database
from bot.storage.tables import accounts, outbox
from channels.meta.signature import sign
from tests.environment import SECRET
from tests.factories import NOON
from tests.fake_graph import FakeGraph
from tests.spares import start

APP_SECRET, TOKEN, PAGE, APP = "system app secret", "system-page-token", "5001", "9001"
API_TOKEN = "system-api-token-of-these-tests-alone"  # noqa: S105 - opens a test's own server
PATIENCE = timedelta(seconds=30)
COMMANDS = {"web": ("bot", "web"), "worker": ("workers",), "clock": ("bot", "clock")}


def until(condition: Callable[[], object], patience: timedelta = PATIENCE) -> None:
    """Wait for something that must come; fail if it does not."""
    end = time.monotonic() + patience.total_seconds()
    while not condition():
        assert time.monotonic() < end, "it did not come in time"
        time.sleep(0.02)


def let_leases_end(database: Database) -> None:
    """Let the time pass after which nobody waits for a dead worker, nor for its probe."""
    with database.write() as connection:
        connection.execute(
            sa.update(outbox).where(outbox.c.state == "sending").values(lease_until=NOON)
        )
        connection.execute(
            sa.update(accounts).where(accounts.c.state == "probing").values(until=NOON)
        )


def server_pid(redis_url: str) -> int:
    """Say which process to stop so that Redis hangs."""
    with Redis.from_url(redis_url) as client:
        return int(client.info("server")["process_id"])


@dataclass
class System:
    """The processes of one installation, and what a visitor or a program does to it."""

    environment: dict[str, str]
    port: int
    logs: Path
    graph: FakeGraph
    running: dict[str, ForkServerProcess] = field(default_factory=dict)
    _messages: int = 0

    def start(self, *names: str, **settings: str) -> None:
        """Start processes; web is there when this returns."""
        for name in names:
            self.launch(name, **settings)
        if "web" in names:
            until(self.is_ready)

    def launch(self, name: str, **settings: str) -> None:
        """Start a process, whatever becomes of it."""
        module, *arguments = COMMANDS[name]
        environment = {**self.environment, **settings}
        self.running[name] = start(module, arguments, environment, self.logs / f"{name}.log")

    def is_ready(self) -> bool:
        try:
            return self.get("/readyz").ok
        except requests.ConnectionError:
            return False

    def kill(self, name: str) -> None:
        """End a process as a power cut would."""
        process = self.running.pop(name)
        process.kill()
        process.join()

    def end(self, name: str) -> int:
        """Ask a process to stop, and wait for it; the value is its exit status."""
        self.running[name].terminate()
        status = self.wait(name)
        del self.running[name]
        return status

    def wait(self, name: str) -> int:
        """Wait until a process ends; the value is its exit status."""
        process = self.running[name]
        process.join(PATIENCE.total_seconds())
        assert process.exitcode is not None, f"{name} goes on"
        return process.exitcode

    def wait_for_death(self, name: str) -> None:
        """Wait until a process has met its failpoint."""
        assert self.wait(name) == -signal.SIGKILL
        del self.running[name]

    def stop(self) -> None:
        for process in self.running.values():
            process.terminate()
        for name, process in self.running.items():
            process.join(PATIENCE.total_seconds())
            if process.exitcode is None:
                process.kill()  # it would do other tests' work
                process.join()
                pytest.fail(f"{name} did not stop")

    def get(self, path: str) -> requests.Response:
        return requests.get(self._url(path), headers=self._bearer, timeout=10)

    def post(self, path: str, body: dict[str, Any]) -> requests.Response:
        return requests.post(self._url(path), json=body, headers=self._bearer, timeout=10)

    def api(self, path: str) -> Any:  # noqa: ANN401 - any JSON
        return self.get(f"/api/v1{path}").json()

    def write(self, sender: str, text: str, **message: object) -> bytes:
        """Make the webhook of a visitor's message."""
        self._messages += 1
        mid = f"m_{sender}_{self._messages}"
        return self.event(sender, message={"mid": mid, "text": text, **message})

    def event(self, sender: str, **event: object) -> bytes:
        now = int(time.time() * 1000)
        item = {"sender": {"id": sender}, "recipient": {"id": PAGE}, "timestamp": now, **event}
        body = {"object": "page", "entry": [{"id": PAGE, "time": now, "messaging": [item]}]}
        return json.dumps(body).encode()

    def deliver(self, body: bytes) -> requests.Response:
        """Post a webhook as Meta does."""
        return requests.post(
            self._url("/webhooks/messenger"),
            data=body,
            headers={
                "X-Hub-Signature-256": sign(APP_SECRET, body),
                "Content-Type": "application/json",
            },
            timeout=10,
        )

    def hear(self, sender: str, text: str = "Hello") -> None:
        """Let a visitor write, and see it acknowledged."""
        answer = self.deliver(self.write(sender, text))
        assert (answer.status_code, answer.text) == (200, "EVENT_RECEIVED")

    def conversation(self, sender: str) -> dict[str, Any]:
        """Find a visitor's conversation through the API."""
        found = [
            one
            for one in self.api("/conversations")["conversations"]
            if one["visitor"]["external_id"] == sender
        ]
        assert len(found) == 1
        return dict(found[0])

    def capture_state(self, sender: str) -> str:
        return str(self.conversation(sender)["capture"]["state"])

    def messages(self, sender: str) -> list[dict[str, Any]]:
        number = self.conversation(sender)["id"]
        return list(self.api(f"/conversations/{number}/messages?after_seq=0")["messages"])

    def reply(self, sender: str, text: str) -> requests.Response:
        """Let an agent answer through the API."""
        number = self.conversation(sender)["id"]
        body = {"text": text, "client_id": text}
        return self.post(f"/api/v1/conversations/{number}/messages", body)

    def log_lines(self) -> Iterator[str]:
        for path in self.logs.glob("*.log"):
            yield from path.read_text().splitlines()

    def _url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    @property
    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {API_TOKEN}"}


@contextmanager
def installed(
    directory: Path, database_url: str, redis_url: str, graph: FakeGraph, **settings: str
) -> Iterator[System]:
    """Lay out an installation; nothing runs yet, and nothing is left running."""
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "DNS_SERVERS": "off",
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "DATA_DIR": str(directory / "var"),
        "SECRET_KEY": SECRET,
        "PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "MESSENGER_APP_SECRET": APP_SECRET,
        "MESSENGER_VERIFY_TOKEN": "a verify token",
        "MESSENGER_APP_ID": APP,
        "MESSENGER_PAGES": json.dumps({PAGE: TOKEN}),
        "MESSENGER_GRAPH_URL": graph.url,
        "API_TOKENS": API_TOKEN,
        "CAPTURE_DELAY_SECONDS": "1",
        "DEMO": "false",
        "LOG_FORMAT": "json",
        **settings,
    }
    system = System(environment, port, directory, graph)
    try:
        yield system
    finally:
        system.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
