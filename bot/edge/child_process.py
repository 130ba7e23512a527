"""Asks a child process, which may be ended at any moment: what it works on is strangers' bytes."""

import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

HEADER_BYTES = 4
"""Before each request and each answer: how long it is."""
_MOST_OF_AN_ANSWER = 1 << 20
_STARTED_WITHIN = timedelta(seconds=20)
_AT_ONCE = 1 << 16
_HOME = Path(__file__).parent.parent.parent  # where our modules are found


class ChildSilentError(Exception):
    """The child was asked, and was ended without an answer: nobody knows how far it came."""


class ChildAwayError(Exception):
    """The child could not be started, or is being stopped: nothing was asked, ask again later."""


@dataclass(slots=True)
class ChildProcess:
    """A child process, started by its first request; threads take turns."""

    arguments: Sequence[str]
    """What follows the name of our own interpreter."""
    patience: timedelta
    """How long an answer may take."""
    idle: timedelta | None = None
    """How long it is kept without being asked."""
    environment: Mapping[str, str] | None = None
    most_of_answer: int = _MOST_OF_AN_ANSWER
    """How many bytes an answer may have."""
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _used_at: float = field(default=0.0, init=False)
    _is_stopped: bool = field(default=False, init=False)

    def ask(self, request: bytes) -> bytes:
        """Wait for the answer; raises ChildAwayError or ChildSilentError."""
        with self._lock:
            process = self._started()
            try:
                return self._exchange(process, request)
            except OSError:
                self._end()
                if self._is_stopped:
                    raise ChildAwayError from None
                raise ChildSilentError from None
            finally:
                self._used_at = time.monotonic()

    def stop(self) -> None:
        """Break off what is under way, and begin nothing new; fit for a signal's handler."""
        self._is_stopped = True
        process = self._process
        if process:
            process.kill()

    def close(self) -> None:
        """End the process once what is under way is finished."""
        with self._lock:
            self._end()

    def _exchange(self, process: subprocess.Popen[bytes], request: bytes) -> bytes:
        deadline = time.monotonic() + self.patience.total_seconds()
        _send(process, request, deadline)
        return _receive(process, deadline, self.most_of_answer)

    def _started(self) -> subprocess.Popen[bytes]:
        if self._is_stopped:
            raise ChildAwayError
        if self._process is None or self._process.poll() is not None:
            self._end()
            try:
                self._process = self._start()
            except OSError:
                raise ChildAwayError from None
        if self._is_stopped:  # meanwhile, and nobody has ended it yet
            self._end()
            raise ChildAwayError
        return self._process

    def _start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, *self.arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_HOME,
            env=self.environment,
            bufsize=0,
        )
        try:
            _receive(process, time.monotonic() + _STARTED_WITHIN.total_seconds())
        except OSError:
            _kill(process)
            raise
        if self.idle:
            self._rest_later(process, self.idle.total_seconds())
        return process

    def _rest_later(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        timer = threading.Timer(seconds, self._rest, [process])
        timer.daemon = True
        timer.start()

    def _rest(self, process: subprocess.Popen[bytes]) -> None:
        with self._lock:
            if self._process is not process or self.idle is None:
                return
            left = self._used_at + self.idle.total_seconds() - time.monotonic()
            if left > 0:
                self._rest_later(process, left)
            else:
                self._end()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process:
            _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe:
            with suppress(OSError):
                pipe.close()


def _send(process: subprocess.Popen[bytes], request: bytes, deadline: float) -> None:
    assert process.stdin  # noqa: S101 - it was started with a pipe
    pipe = process.stdin.fileno()
    os.set_blocking(pipe, False)
    for unsent in (memoryview(len(request).to_bytes(HEADER_BYTES)), memoryview(request)):
        _send_all(pipe, unsent, deadline)


def _send_all(pipe: int, unsent: memoryview, deadline: float) -> None:
    while unsent:
        _wait(pipe, select.POLLOUT, deadline)
        with suppress(BlockingIOError):
            unsent = unsent[os.write(pipe, unsent[:_AT_ONCE]) :]


def _receive(
    process: subprocess.Popen[bytes], deadline: float, most: int = _MOST_OF_AN_ANSWER
) -> bytes:
    assert process.stdout  # noqa: S101 - as above
    pipe = process.stdout.fileno()
    length = int.from_bytes(_read(pipe, HEADER_BYTES, deadline))
    if length > most:
        raise OSError
    return _read(pipe, length, deadline)


def _read(pipe: int, length: int, deadline: float) -> bytes:
    received = bytearray()
    while len(received) < length:
        _wait(pipe, select.POLLIN, deadline)
        piece = os.read(pipe, min(_AT_ONCE, length - len(received)))
        if not piece:
            raise OSError
        received += piece
    return bytes(received)


def _wait(pipe: int, event: int, deadline: float) -> None:
    poll = select.poll()  # `select` itself knows no more than 1,024 descriptors
    poll.register(pipe, event)
    if not poll.poll(max(0.0, deadline - time.monotonic()) * 1_000):
        raise TimeoutError
