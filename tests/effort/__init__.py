"""How much processor time work takes, and whether that grows no faster than its input."""

import time
from collections.abc import Callable
from typing import AnyStr, TypeVar

Input = TypeVar("Input")
_TRIES = 3
_NOISE = 0.02  # seconds: what is quicker says nothing


def repeated(piece: AnyStr, size: int) -> AnyStr:
    """Fill so many letters or bytes with one piece, again and again, as long as it is whole."""
    return piece * max(1, size // len(piece))


def effort(work: Callable[[], object]) -> float:
    """Say what a piece of work costs at best, in seconds of the processor."""
    return min(_once(work) for _ in range(_TRIES))


def growth(work: Callable[[Input], object], make: Callable[[int], Input], size: int) -> float:
    """Say by how much more it costs than four times as much, if the input is four times as long.

    1 is linear, 4 is quadratic.
    """
    small, large = make(size), make(4 * size)
    cost = effort(lambda: work(large))
    return 1.0 if cost < _NOISE else cost / 4 / max(effort(lambda: work(small)), _NOISE / 4)


def _once(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started
