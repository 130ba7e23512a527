"""Watches what processes and their children take of memory, by Linux's `/proc`."""

import threading
import time
from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

_EVERY = 0.2  # seconds


@dataclass(frozen=True)
class Sample:
    """What was in use at a moment, in MB."""

    at: float
    """By the clock that processes share."""
    pss: float
    """With shared pages divided among those that share them."""
    rss: float


@dataclass
class MemoryWatch:
    """Samples of some processes together with everything that they start."""

    roots: Collection[int]
    samples: list[Sample] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    def look(self) -> Sample:
        """Take one sample."""
        pss = rss = 0
        for process in _with_children(self.roots):
            with suppress(OSError):  # it has just ended
                fields = _read_fields(process)
                pss += fields["Pss"]
                rss += fields["Rss"]
        return Sample(time.monotonic(), pss / 1024, rss / 1024)

    def between(self, start: float, end: float) -> list[Sample]:
        """Give the samples of a while."""
        return [each for each in self.samples if start <= each.at <= end]

    def run(self) -> None:
        """Sample until the watch is over."""
        while not self._over.wait(_EVERY):
            self.samples.append(self.look())

    def stop(self) -> None:
        """End the watch."""
        self._over.set()


@contextmanager
def watching(processes: Collection[int]) -> Iterator[MemoryWatch]:
    """Watch until the block ends."""
    watch = MemoryWatch(processes)
    thread = threading.Thread(target=watch.run)
    thread.start()
    try:
        yield watch
    finally:
        watch.stop()
        thread.join()


def _with_children(roots: Collection[int]) -> set[int]:
    children = defaultdict[int, list[int]](list)
    for each in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parent = int(each.read_text().rpartition(")")[2].split()[1])
            children[parent].append(int(each.parent.name))
    found, waiting = set[int](), list(roots)
    while waiting:
        process = waiting.pop()
        found.add(process)
        waiting += children[process]
    return found


def _read_fields(process: int) -> dict[str, int]:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:]
    return {
        name: int(value.split()[0]) for name, _, value in (line.partition(":") for line in lines)
    }
