"""How processes start, and that a crowd at the door does not stop them."""

import json
import resource
import shutil
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from tests.environment import SECRET, TOKEN
from tests.fake_graph import FakeGraph
from tests.system.processes import COMMANDS, System, installed, until

MESSENGER = (
    "MESSENGER_APP_SECRET",
    "MESSENGER_VERIFY_TOKEN",
    "MESSENGER_APP_ID",
    "MESSENGER_PAGES",
)

_FEW = 200  # files


@pytest.fixture
def only_web(tmp_path: Path, migrated_file: Path, redis_url: str) -> Iterator[System]:
    """An installation on SQLite that needs no Graph."""
    url = f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'whosthere.db')}"
    with installed(tmp_path, url, redis_url, FakeGraph()) as system:
        yield system


@pytest.mark.parametrize(
    ("name", "value"), [("TRUSTED_PROXIES", "0.0.0.0/0"), ("WEBCHAT_ALLOWED_ORIGINS", "*")]
)
def test_no_process_starts_open_to_the_whole_world(
    tmp_path: Path, sqlite_url: str, redis_url: str, name: str, value: str
) -> None:
    with installed(tmp_path, sqlite_url, redis_url, FakeGraph(), **{name: value}) as system:
        for command in COMMANDS:
            system.launch(command)
        assert [system.wait(command) for command in COMMANDS] == [1, 1, 1]
        lines = [line.removeprefix("Error: ") for line in system.log_lines()]
    assert len(lines) == len(COMMANDS)
    assert all(line.startswith(f"{name}: not usable; it takes ") for line in lines)
    assert value not in "".join(lines).replace(f"no `{value}`", "")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "s" * 31),
        ("SECRET_KEY", f"{'s' * 31},{SECRET}"),
        ("API_TOKENS", f"{TOKEN},token"),
        ("INBOUND_EMAIL_SECRET", "hush"),
    ],
)
def test_no_process_starts_with_a_secret_that_is_short(
    tmp_path: Path, sqlite_url: str, redis_url: str, name: str, value: str
) -> None:
    with installed(tmp_path, sqlite_url, redis_url, FakeGraph(), **{name: value}) as system:
        for command in COMMANDS:
            system.launch(command)
        assert [system.wait(command) for command in COMMANDS] == [1, 1, 1]
        lines = [line.removeprefix("Error: ") for line in system.log_lines()]
    assert len(lines) == len(COMMANDS)
    assert all(line.startswith(f"{name}: not usable; it takes ") for line in lines)
    assert all("32 characters or more" in line for line in lines)


@pytest.mark.parametrize(
    ("missing", "given"),
    [
        ("MESSENGER_VERIFY_TOKEN", {}),
        ("MESSENGER_APP_SECRET", {}),
        ("EMAIL_FROM", {"SMTP_URL": "smtp://post"}),
        ("INBOUND_EMAIL_ADDRESS", {"INBOUND_EMAIL_SECRET": TOKEN}),
    ],
)
def test_no_process_starts_with_half_of_what_it_needs(
    tmp_path: Path, sqlite_url: str, redis_url: str, missing: str, given: dict[str, str]
) -> None:
    settings = {**given, missing: ""}
    with installed(tmp_path, sqlite_url, redis_url, FakeGraph(), **settings) as system:
        for command in COMMANDS:
            system.launch(command)
        assert [system.wait(command) for command in COMMANDS] == [1, 1, 1]
        lines = [line.removeprefix("Error: ") for line in system.log_lines()]
    assert len(lines) == len(COMMANDS)
    assert all(line.startswith(f"{missing}: not set, though ") for line in lines)


@pytest.mark.parametrize(
    ("settings", "demo", "said"),
    [
        ({"DEMO": ""}, 200, []),
        ({"DEMO": "", "HOST": "0.0.0.0"}, 404, ["address"]),  # noqa: S104 - told to the test
        ({"DEMO": "", "PUBLIC_URL": "https://chat.example.com:443"}, 404, ["proxy"]),
        ({"DEMO": "true", "PUBLIC_URL": "https://Chat.example.com."}, 200, ["demo", "proxy"]),
        ({"SECRET_KEY": f"{SECRET},short"}, 404, ["secret key"]),
    ],
)
def test_the_log_begins_with_where_it_listens_and_who_may_come(
    only_web: System, settings: dict[str, str], demo: int, said: list[str]
) -> None:
    only_web.environment |= {**dict.fromkeys(MESSENGER, ""), "HOST": "127.0.0.1", **settings}
    only_web.start("web")
    lines = [json.loads(line) for line in only_web.log_lines()]
    page = requests.get(
        f"http://127.0.0.1:{only_web.port}/demo/messenger",
        headers={"Host": urlsplit(lines[0]["public_url"]).netloc},
        timeout=10,
    )
    assert lines[0]["event"] == "listening"
    assert (lines[0]["host"], lines[0]["port"]) == (only_web.environment["HOST"], only_web.port)
    if "PUBLIC_URL" in settings:
        assert lines[0]["public_url"] == "https://chat.example.com"
    warnings = [line for line in lines if line["level"] == "warning"]
    assert [line["subject"] for line in warnings] == said
    assert page.status_code == demo


def test_a_crowd_that_says_nothing_keeps_no_visitor_out(
    only_web: System,
) -> None:
    with ExitStack() as crowd:
        only_web.launch("web")
        web = only_web.running["web"]
        assert web.pid
        resource.prlimit(web.pid, resource.RLIMIT_NOFILE, (_FEW, _FEW))
        until(only_web.is_ready)
        for _ in range(2 * _FEW):
            somebody = crowd.enter_context(socket.socket())
            somebody.setblocking(False)  # noqa: FBT003 - the standard library's signature
            somebody.connect_ex(("127.0.0.1", only_web.port))
        assert only_web.get("/widget.js").ok
        assert web.exitcode is None
