"""The other end of `child_process`: answers one request after the other, within limits.

Imports next to nothing: a child is started anew after each thing that it could not cope with.
"""

import os
import resource
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import BinaryIO

HEADER_BYTES = 4


def answer_requests(
    answer: Callable[[bytes], bytes], limits: Mapping[int, int], seconds: int | None = None
) -> None:
    """Answer until nobody asks any more; each answer may take so many seconds of the processor."""
    for name, most in limits.items():
        _limit(name, most)
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as out:
        # what a library prints must not stand among the answers
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _send(out, b"")
        while (request := _receive(sys.stdin.buffer)) is not None:
            if seconds is not None:
                _allow(seconds)
            _send(out, answer(request))


def _limit(name: int, most: int) -> None:
    with suppress(ValueError, OSError):  # not every system limits everything
        resource.setrlimit(name, (most, most))


def _allow(seconds: int) -> None:
    """Let the kernel end this process if it takes longer from now on."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + 1 + seconds
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))


def _receive(source: BinaryIO) -> bytes | None:
    header = source.read(HEADER_BYTES)
    if len(header) < HEADER_BYTES:
        return None
    length = int.from_bytes(header)
    request = source.read(length)
    return request if len(request) == length else None


def _send(out: BinaryIO, answer: bytes) -> None:
    out.write(len(answer).to_bytes(HEADER_BYTES) + answer)
    out.flush()
