"""Who can write to Redis can't make a worker run anything but our own job."""

import json
import logging
import pickle
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from rq import Queue

from workers.doorbell import JOB

REFUSED = "job refused: it is not one of ours"


def call(name: str, *args: object, **kwargs: object) -> bytes:
    return json.dumps([name, None, args, kwargs]).encode()


OTHERWISE = (
    call("pathlib.Path.touch", "canary"),
    call(JOB, "1"),
    call(JOB, 1, 2),
    call(JOB),
    call(JOB, 1, path="x"),
    json.dumps([JOB, "workers.jobs", [1], {}]).encode(),
    json.dumps([JOB, None, 1, {}]).encode(),
    json.dumps({"func": JOB}).encode(),
    b"[" * 100_000,
    b"null",
    b"",
    b"\xff\xfe",
)


class Bomb:
    """Makes a file when it is unpickled."""

    def __init__(self, canary: Path) -> None:
        self._canary = canary

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self._canary,)


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """What appears if something foreign has run."""
    return tmp_path / "canary"


def put(queue: Queue, data: bytes, **more: bytes | str) -> None:
    """Write a job as somebody would who has got at Redis."""
    number = queue.connection.incr("evil")
    for name, value in {"origin": queue.name, "status": "queued", "data": data, **more}.items():
        queue.connection.hset(f"rq:job:evil{number}", name, value)
    queue.connection.sadd("rq:queues", queue.key)
    queue.connection.rpush(queue.key, f"evil{number}")


def refusals(caplog: pytest.LogCaptureFixture) -> int:
    return [record.getMessage() for record in caplog.records].count(REFUSED)


def test_another_function_is_refused_with_an_alert(
    queue: Queue, work: Callable[[], None], canary: Path, caplog: pytest.LogCaptureFixture
) -> None:
    put(queue, call("os.system", f"touch {canary}"))
    work()
    assert not canary.exists()
    assert queue.count == 0
    [alert] = caplog.records
    assert (alert.levelname, alert.getMessage()) == ("ERROR", REFUSED)
    assert str(canary) not in caplog.text


def test_our_function_called_otherwise_is_refused(
    queue: Queue, work: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    for data in OTHERWISE:
        put(queue, data)
    work()
    assert queue.count == 0
    assert refusals(caplog) == len(OTHERWISE)


def test_nothing_is_run_besides_our_job(
    queue: Queue, work: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    for event in ("success", "failure", "stopped"):
        put(queue, call(JOB, 1), **{f"{event}_callback_name": "os.system"})
    work()
    assert refusals(caplog) == 3


@pytest.mark.parametrize("data", [call("os.getpid"), call(JOB, 1)], ids=["foreign", "ours"])
def test_no_webhook_of_a_job_is_called(
    queue: Queue, work: Callable[[], None], data: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as inside:
        url = f"http://127.0.0.1:{inside.getsockname()[1]}/"
        hooks = [
            {"url": url, "job_status": status, "timeout": 1} for status in ("finished", "failed")
        ]
        put(queue, data, webhooks=json.dumps(hooks))
        work()
        inside.settimeout(0)
        with pytest.raises(BlockingIOError):
            inside.accept()
    assert refusals(caplog) == 1


@pytest.mark.parametrize("field", ["data", "meta", "result"])
def test_a_pickle_is_refused_and_never_unpickled(
    queue: Queue,
    work: Callable[[], None],
    canary: Path,
    field: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    put(queue, **{"data": call("os.getpid"), field: pickle.dumps(Bomb(canary))})
    work()
    assert not canary.exists()
    assert refusals(caplog) == 1


def test_a_hash_that_rq_itself_can_not_read_is_refused(
    queue: Queue, work: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    put(queue, call(JOB, 1), created_at="yesterday")
    work()
    assert refusals(caplog) == 1


def test_a_job_that_is_gone_is_no_alert(
    queue: Queue, work: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    queue.connection.rpush(queue.key, "gone")
    work()
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
