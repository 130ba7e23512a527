"""A lock on a directory, freed however its holder ends."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AlreadyLockedError(Exception):
    """Another living process holds the lock; end that one, or choose another directory."""


@contextmanager
def exclusive_lock(path: Path) -> Iterator[None]:
    """Hold `path` for the length of the block, or raise at once.

    The kernel gives the lock back when its holder dies, so a file left behind locks nobody out.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyLockedError(path) from error
        yield
