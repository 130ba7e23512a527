import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from bot.processes.supervisor import PROCFILE

_ROOT = Path(__file__).parents[3]
_PROCFILE = {"release": "migrate", "web": "web", "worker": "worker"}


class Installation:
    """A supervisor with stand-ins for its programs, and what is left of them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.data = root / "a folder" / "var"
        self.journal = root / "journal"
        os.mkfifo(root / "ready")
        self.environment = {
            "PATH": os.defpath,
            "PYTHONPATH": str(_ROOT),
            "JOURNAL": str(self.journal),
            "READY": str(root / "ready"),
            "DATA_DIR": str(self.data),
            "PORT": "0",
        }

        self.before_web = ""
        """What the Procfile's line for web begins with."""

    def start(self, **programs: str) -> subprocess.Popen[str]:
        procfile = self.root / "Procfile"
        procfile.write_text(
            "".join(
                f"{name}: {self.before_web if name == 'web' else ''}"
                f"python -m tests.bot.stand_ins {program}\n"
                for name, program in (_PROCFILE | programs).items()
            )
        )
        return subprocess.Popen(
            [sys.executable, "-m", "tests.bot.stand_ins", "serve", procfile],
            cwd=self.root,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
        )

    def refused(self, **programs: str) -> str:
        with self.start(**programs) as supervisor:
            words, _ = supervisor.communicate()
        assert supervisor.returncode == 1
        return words

    @contextmanager
    def running(self) -> Iterator[tuple[subprocess.Popen[str], str]]:
        with self.start() as supervisor:
            try:
                yield supervisor, _read_welcome(supervisor)
            finally:
                supervisor.send_signal(signal.SIGINT)
                supervisor.wait()

    @property
    def notes(self) -> list[str]:
        return self.journal.read_text().splitlines()


def _read_welcome(supervisor: subprocess.Popen[str]) -> str:
    assert supervisor.stdout
    words = ""
    for line in supervisor.stdout:
        words += line
        if "Ctrl-C stops it" in line:
            break
    return words


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    return Installation(tmp_path)


def test_it_says_what_to_open_first(installation: Installation) -> None:
    with installation.running() as (_, welcome):
        places = ("/demo/messenger", "/inbox", "/api/v1/openapi.json")
        assert [welcome.index(place) for place in places] == sorted(map(welcome.index, places))


def test_it_offers_no_demo_where_there_is_none(installation: Installation) -> None:
    installation.environment["DEMO"] = "false"
    with installation.running() as (_, welcome):
        assert "/demo" not in welcome


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stop_lets_the_worker_finish_and_takes_valkey_last(
    installation: Installation, by: signal.Signals
) -> None:
    with installation.start() as supervisor:
        _read_welcome(supervisor)
        os.killpg(supervisor.pid, by)  # as a terminal does
        words, _ = supervisor.communicate()
    assert supervisor.returncode == 0
    assert "worker finished its job, Valkey there: True" in installation.notes
    assert words.strip() == "Stopped. Everything is kept for the next start."


def test_the_database_is_brought_up_to_date_before_anything_starts(
    installation: Installation,
) -> None:
    with installation.running():
        assert installation.notes[0] == "migrate"


def test_nothing_starts_on_a_database_that_stayed_behind(installation: Installation) -> None:
    words = installation.refused(release="fail_to_migrate")
    assert "no such column" in words
    assert not installation.journal.exists()


def test_a_second_start_on_the_same_data_is_refused(
    installation: Installation, redis_url: str
) -> None:
    installation.environment["REDIS_URL"] = redis_url  # an embedded one would refuse as well
    with installation.running():
        assert "already running" in installation.refused()


def test_one_that_falls_takes_the_others_down(installation: Installation) -> None:
    words = installation.refused(web="fall")
    assert "web ended with status 3" in words


def test_children_end_and_data_stays_when_the_supervisor_is_killed(
    installation: Installation,
) -> None:
    with installation.start() as supervisor:
        _read_welcome(supervisor)
        supervisor.kill()
        supervisor.communicate()  # their output ends when the last of them has ended
    assert "worker finished its job, Valkey there: True" in installation.notes
    with installation.running():
        assert "starts seen 2" in installation.notes


def test_the_secret_is_there_before_anyone_looks_for_it(installation: Installation) -> None:
    installation.refused(release="fail_to_migrate")
    assert (installation.data / "secret_key").exists()


def test_a_database_of_ones_own_asks_for_a_secret(installation: Installation) -> None:
    installation.environment["DATABASE_URL"] = "postgresql://nowhere/nothing"
    assert "SECRET_KEY: missing" in installation.refused()


def test_a_valkey_of_ones_own_is_taken(installation: Installation, redis_url: str) -> None:
    installation.environment["REDIS_URL"] = redis_url
    with installation.running():
        assert "starts seen 1" in installation.notes
    assert not (installation.data / "valkey").exists()


def test_the_next_free_port_is_taken(installation: Installation) -> None:
    del installation.environment["PORT"]
    with _occupied(8080), installation.running() as (_, welcome):
        assert "http://localhost:80" in welcome
        assert "http://localhost:8080/" not in welcome


def test_a_port_that_was_asked_for_is_not_exchanged(installation: Installation) -> None:
    with socket.create_server(("127.0.0.1", 0)) as occupied:
        port = occupied.getsockname()[1]
        installation.environment["PORT"] = str(port)
        assert f"Port {port} is taken" in installation.refused()


def test_an_address_of_another_machine_is_refused_in_one_line(installation: Installation) -> None:
    installation.environment["HOST"] = "192.0.2.1"
    assert installation.refused().startswith("HOST and PORT: nothing can listen on 192.0.2.1:0")


def test_what_a_line_sets_for_platforms_is_left_to_the_settings(
    installation: Installation,
) -> None:
    installation.before_web = "HOST=${HOST:-0.0.0.0} "
    with installation.running() as (_, welcome):
        assert "/demo/messenger" in welcome
        assert "web listens on 127.0.0.1" in installation.notes


def test_the_procfile_opens_the_web_to_platforms() -> None:
    lines = dict(line.split(": ", 1) for line in PROCFILE.read_text().splitlines())
    assert lines["web"] == "HOST=${HOST:-0.0.0.0} python -m bot web"


def test_where_the_demo_is_off_it_is_said_how_to_get_it(installation: Installation) -> None:
    installation.environment["PUBLIC_URL"] = "https://chat.example.com"
    with installation.running() as (_, welcome):
        assert "DEMO=true switches it on" in welcome
        assert "token=" not in welcome


@contextmanager
def _occupied(port: int) -> Iterator[None]:
    with suppress(OSError), socket.create_server(("127.0.0.1", port)):
        yield
        return
    yield  # someone else has it already
