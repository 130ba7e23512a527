"""What keeps the bytes of files, and what hands files in and out."""

from collections.abc import Collection, Iterable, Iterator
from typing import Protocol


class FileStore(Protocol):
    """A store of bytes by key. All of it blocks, and raises UnavailableError where it is away."""

    @property
    def name(self) -> str:
        """The store's name, as it is written beside each file that it keeps."""
        ...

    def write(self, key: str, pieces: Iterable[bytes]) -> None:
        """Keep the bytes; return when they are kept for good."""
        ...

    def read(self, key: str, start: int, length: int) -> Iterator[bytes]:
        """Give a part of the bytes, a piece at a time."""
        ...

    def delete(self, keys: Collection[str]) -> None:
        """Delete what is there under these keys, and forget that they were."""
        ...
