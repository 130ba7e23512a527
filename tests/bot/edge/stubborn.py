"""A child process that does as it is told, also what it should not: `python -m tests…stubborn`."""

import os
import resource
import signal
import sys
import time
from collections.abc import Callable

from bot.edge.child_loop import answer_requests

_LIMITS = {resource.RLIMIT_AS: 256 << 20, resource.RLIMIT_NOFILE: 16, resource.RLIMIT_FSIZE: 0}


def main() -> None:
    answer_requests(_answer, _LIMITS, seconds=1)


def _answer(request: bytes) -> bytes:
    return _DEEDS.get(request, lambda: request)()


def _work(seconds: float = 0.3) -> bytes:
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass
    return b"done"


def _sleep() -> bytes:
    time.sleep(60)
    return b"woken"


def _die() -> bytes:
    os.kill(os.getpid(), signal.SIGKILL)
    return b"alive"


def _print() -> bytes:
    sys.stdout.write("a library speaks\n")
    sys.stdout.flush()
    return b"said"


_DEEDS: dict[bytes, Callable[[], bytes]] = {
    b"work": _work,
    b"spin": lambda: _work(60),
    b"sleep": _sleep,
    b"die": _die,
    b"talk": lambda: b"x" * (2 << 20),
    b"print": _print,
    b"remember": lambda: str(len(b"x" * (1 << 30))).encode(),
    b"open": lambda: str([os.open(os.devnull, os.O_RDONLY) for _ in range(50)]).encode(),
    b"who": lambda: str(os.getpid()).encode(),
}


if __name__ == "__main__":
    main()
