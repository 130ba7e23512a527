import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import redis

from bot.runtime.embedded_valkey import EmbeddedValkeyError, recorded_url, running_valkey
from bot.runtime.filelock import AlreadyLockedError

_SERVE_UNTIL_KILLED = """
import signal, sys
from pathlib import Path
from bot.runtime.embedded_valkey import running_valkey
with running_valkey(Path(sys.argv[1])) as url:
    print(url, flush=True)
    signal.pause()
"""


def test_it_keeps_what_it_was_given(tmp_path: Path) -> None:
    with running_valkey(tmp_path) as url, redis.Redis.from_url(url) as client:
        client.set("kept", "yes")
    with running_valkey(tmp_path) as url, redis.Redis.from_url(url) as client:
        assert client.get("kept") == b"yes"


def test_a_long_path_with_blanks_will_do(tmp_path: Path) -> None:
    with (
        running_valkey(tmp_path / "a path" / ("long" * 30)) as url,
        redis.Redis.from_url(url) as client,
    ):
        assert client.ping()


def test_it_listens_on_no_port(tmp_path: Path) -> None:
    with running_valkey(tmp_path) as url, redis.Redis.from_url(url) as client:
        assert client.config_get("port") == {"port": "0"}


def test_nobody_else_may_connect(tmp_path: Path) -> None:
    with running_valkey(tmp_path) as url:
        path = Path(url.removeprefix("unix://").removesuffix("?db=0"))
        assert path.parent.stat().st_mode & 0o077 == 0


def test_ctrl_c_in_a_terminal_does_not_reach_it(tmp_path: Path) -> None:
    with running_valkey(tmp_path) as url, redis.Redis.from_url(url) as client:
        server = int(client.info("server")["process_id"])
        assert os.getpgid(server) != os.getpgrp()


def test_a_second_one_on_the_same_data_is_refused(tmp_path: Path) -> None:
    with (
        running_valkey(tmp_path),
        pytest.raises(AlreadyLockedError),
        running_valkey(tmp_path),
    ):
        pass


def test_the_server_of_a_killed_owner_is_replaced_and_its_data_kept(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _SERVE_UNTIL_KILLED, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout
        orphan_url = owner.stdout.readline().strip()
        owner.kill()
    with redis.Redis.from_url(orphan_url) as orphan:
        orphan.set("kept", "yes")
        with running_valkey(tmp_path) as url, redis.Redis.from_url(url) as client:
            assert client.get("kept") == b"yes"
            with pytest.raises(redis.ConnectionError):
                orphan.ping()


def test_a_record_of_a_dead_socket_does_no_harm(tmp_path: Path) -> None:
    dead = tmp_path / "dead"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(dead))
    (tmp_path / "socket").write_text(str(dead))
    with running_valkey(tmp_path) as url, redis.Redis.from_url(url) as client:
        assert client.ping()
    assert tmp_path.exists()


def test_a_record_that_was_never_finished_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "socket").write_text("")
    with running_valkey(tmp_path) as url, redis.Redis.from_url(url) as client:
        assert client.ping()


def test_others_find_it_by_its_data(tmp_path: Path) -> None:
    with running_valkey(tmp_path) as url:
        assert recorded_url(tmp_path) == url


def test_one_that_never_ran_is_not_reached(tmp_path: Path) -> None:
    with (
        redis.Redis.from_url(recorded_url(tmp_path)) as client,
        pytest.raises(redis.ConnectionError),
    ):
        client.ping()


def test_it_is_gone_after_the_block(tmp_path: Path) -> None:
    with running_valkey(tmp_path) as url:
        pass
    with redis.Redis.from_url(url) as client, pytest.raises(redis.ConnectionError):
        client.ping()


def test_a_server_that_cannot_start_says_where_to_look(tmp_path: Path) -> None:
    (tmp_path / "appendonlydir").write_text("in the way")
    with pytest.raises(EmbeddedValkeyError, match=r"valkey\.log"), running_valkey(tmp_path):
        pass
