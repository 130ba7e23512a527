"""Nothing starts on settings that would open it to the whole world."""

from pathlib import Path

import pytest

from tests.fake_graph import FakeGraph
from tests.system.processes import COMMANDS, PATIENCE, installed


@pytest.mark.parametrize(
    ("name", "value"), [("TRUSTED_PROXIES", "0.0.0.0/0"), ("WEBCHAT_ALLOWED_ORIGINS", "*")]
)
def test_q07_no_process_starts_open_to_the_whole_world(
    tmp_path: Path, sqlite_url: str, redis_url: str, name: str, value: str
) -> None:
    with installed(tmp_path, sqlite_url, redis_url, FakeGraph(), **{name: value}) as system:
        for command in COMMANDS:
            system.launch(command)
        for process in system.running.values():
            assert process.wait(PATIENCE.total_seconds()) == 1
        lines = [line.removeprefix("Error: ") for line in system.log_lines()]
    assert len(lines) == len(COMMANDS)
    assert all(line.startswith(f"{name}: not usable; it takes ") for line in lines)
    assert value not in "".join(lines).replace(f"no `{value}`", "")
