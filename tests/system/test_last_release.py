"""The last release goes on while the schema is that of the next one."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
import sqlalchemy as sa

from bot.storage.database.engine import Database
from tests.fake_graph import FakeGraph
from tests.system.conftest import check_logs
from tests.system.processes import COMMANDS, System, installed, until
from tests.system.releases import (
    ROOT,
    checked_out,
    code_with,
    our_head,
    read_releases,
    run,
)

_LAST = read_releases()[-1]
_WRITERS = 3
_ADDS = (
    "op.add_column('messages', sa.Column('made_up', sa.Text()))",
    "op.add_column('visitors', sa.Column('made_up', sa.Text()))",
    "given = sa.Column('made_up', sa.Text(), nullable=False, server_default='x')",
    "op.add_column('outbox', given)",
    "op.create_table('made_up', sa.Column('id', sa.Integer(), primary_key=True))",
    "op.create_index('ix_made_up', 'conversations', ['status'])",
)
_TAKES_AWAY = ("op.drop_table('visits')",)
NEWER = "The database's schema is newer than this code, and still serves it."
OK = {"status": "ok"}
WAITS = "the migration waits, and nobody behind it"
TOO_NEW = "The database's schema is newer than this code: update the code."


@pytest.fixture(scope="module")
def release() -> Iterator[Path]:
    """The last release's code."""
    with checked_out(_LAST.commit) as tree:
        yield tree


@pytest.fixture
def system(
    release: Path, tmp_path: Path, database_url: str, redis_url: str, fake_graph: FakeGraph
) -> Iterator[System]:
    """The last release's web process, on the schema that it brought itself."""
    with installed(tmp_path, database_url, redis_url, fake_graph) as system:
        run(release, system.environment, "migrate").check_returncode()
        with running(release, system, "web"):
            until(system.is_ready)
            yield system
    check_logs(system)


@contextmanager
def running(release: Path, system: System, name: str) -> Iterator[None]:
    """Keep one of a release's processes."""
    module, *words = COMMANDS[name]
    with (
        (system.logs / f"{name}.log").open("ab") as log,
        subprocess.Popen(
            [sys.executable, "-m", module, *words],
            cwd=release,
            env={**system.environment, "PYTHONPATH": str(release)},
            stdout=log,
            stderr=log,
        ) as process,
    ):
        try:
            yield
        finally:
            process.terminate()


@dataclass
class Crowd:
    """Visitors who write all the time, and what they are told."""

    system: System
    stopping: threading.Event = field(default_factory=threading.Event)
    answers: list[int] = field(default_factory=list)

    @contextmanager
    def writing(self) -> Iterator[None]:
        threads = [
            threading.Thread(target=self._write, args=(str(7000 + number),))
            for number in range(_WRITERS)
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.stopping.set()
            for thread in threads:
                thread.join()

    def wait_for_more(self) -> None:
        goal = len(self.answers) + 10 * _WRITERS
        until(lambda: len(self.answers) >= goal)

    def _write(self, sender: str) -> None:
        number = 0
        while not self.stopping.is_set():
            number += 1
            body = self.system.event(
                sender, message={"mid": f"m_{sender}_{number}", "text": "Hello"}
            )
            self.answers.append(self.system.deliver(body).status_code)
            self.answers.append(self.system.get("/api/v1/conversations?limit=5").status_code)


def ready(system: System) -> tuple[int, dict[str, Any]]:
    answer: requests.Response = system.get("/readyz")
    return answer.status_code, answer.json()


def migrate(system: System, tree: Path) -> str:
    done = run(tree, system.environment, "migrate")
    said = {json.loads(line)["event"] for line in done.stderr.splitlines()}
    assert (done.returncode, said - {WAITS}) == (0, set())
    return done.stdout


def count_messages(url: str) -> int:
    database = Database(url)
    with database.read() as connection:
        counted = connection.execute(
            sa.text("SELECT count(*) FROM messages WHERE direction = 'incoming'")
        ).scalar_one()
    database.close()
    return int(counted)


def test_the_last_release_is_the_one_that_it_is_said_to_be(release: Path) -> None:
    said = run(release, {}, "--version")
    assert said.stdout == f"Whosthere {_LAST.version}\n"
    assert list((release / "bot/storage/migrations/versions").glob(f"{_LAST.schema}_*.py"))


def test_the_last_release_serves_on_while_newer_code_migrates(
    release: Path, system: System, database_url: str
) -> None:
    crowd = Crowd(system)
    with crowd.writing():
        crowd.wait_for_more()
        migrate(system, ROOT)
        crowd.wait_for_more()
        is_newer = our_head() != _LAST.schema
        assert ready(system) == (200, {"status": "degraded", "reason": NEWER} if is_newer else OK)
        with code_with("adds", _ADDS, additive=True) as later:
            migrate(system, later)
        crowd.wait_for_more()
        assert ready(system) == (200, {"status": "degraded", "reason": NEWER})
        assert migrate(system, release) == f"{NEWER}\n"
    assert set(crowd.answers) == {200}
    assert count_messages(database_url) == len(crowd.answers) // 2

    with running(release, system, "worker"), running(release, system, "clock"):
        system.hear("newcomer")
        until(lambda: system.graph.sent_to("newcomer"))


def test_the_last_release_says_that_a_schema_no_longer_serves_it(system: System) -> None:
    with code_with("takes_away", _TAKES_AWAY, additive=False) as later:
        migrate(system, later)
    assert ready(system) == (503, {"status": "unavailable", "reason": TOO_NEW})
