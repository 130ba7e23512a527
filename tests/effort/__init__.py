"""How much processor time work takes, and whether that grows no faster than its input."""

import time
from collections.abc import Callable
from typing import AnyStr, TypeVar

Input = TypeVar("Input")
_TRIES = 3
_NOISE = 0.02  # seconds: what is quicker says nothing
_LINEAR = 1.5  # what grows by no more needs no second look


def repeated(piece: AnyStr, size: int) -> AnyStr:
    """Fill so many letters or bytes with one piece, again and again, as long as it is whole."""
    return piece * max(1, size // len(piece))


def effort(work: Callable[[], object], enough: float = 0.0) -> float:
    """Say what a piece of work costs at best, in seconds of the processor.

    A try that costs less than `enough` is the last one.
    """
    best = _once(work)
    for _ in range(_TRIES - 1):
        if best < enough:
            break
        best = min(best, _once(work))
    return best


def growth(work: Callable[[Input], object], make: Callable[[int], Input], size: int) -> float:
    """Say by how much more it costs than four times as much, if the input is four times as long.

    1 is linear, 4 is quadratic.
    """
    small, large = make(size), make(4 * size)
    least = max(effort(lambda: work(small)), _NOISE / 4)
    cost = effort(lambda: work(large), _LINEAR * 4 * least)
    return 1.0 if cost < _NOISE else cost / 4 / least


def _once(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started
