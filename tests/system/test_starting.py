"""How processes start, and that a crowd at the door does not stop them."""

import resource
import shutil
import socket
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.fake_graph import FakeGraph
from tests.system.processes import COMMANDS, installed, until

_FEW = 200  # files


@pytest.mark.parametrize(
    ("name", "value"), [("TRUSTED_PROXIES", "0.0.0.0/0"), ("WEBCHAT_ALLOWED_ORIGINS", "*")]
)
def test_q07_no_process_starts_open_to_the_whole_world(
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


def test_c44_a_crowd_that_says_nothing_keeps_no_visitor_out(
    tmp_path: Path, migrated_file: Path, redis_url: str
) -> None:
    url = f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'whosthere.db')}"
    with installed(tmp_path, url, redis_url, FakeGraph()) as system, ExitStack() as crowd:
        system.launch("web")
        web = system.running["web"]
        assert web.pid
        resource.prlimit(web.pid, resource.RLIMIT_NOFILE, (_FEW, _FEW))
        until(system.is_ready)
        for _ in range(2 * _FEW):
            somebody = crowd.enter_context(socket.socket())
            somebody.setblocking(False)  # noqa: FBT003 - the standard library's signature
            somebody.connect_ex(("127.0.0.1", system.port))
        assert system.get("/widget.js").ok
        assert web.exitcode is None
