"""Several things at one moment."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from bot.desk.errors import DeskError

Result = TypeVar("Result")


def at_once(acts: Sequence[Callable[[], Result]]) -> list[Result]:
    """Start all together, each in a thread of its own; gives what they returned, or raises."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Result]) -> Result:
        barrier.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def told(act: Callable[[], object]) -> Callable[[], object]:
    """Make an act that gives what came of it, or which refusal."""

    def do() -> object:
        try:
            return act()
        except DeskError as error:
            return type(error)

    return do
