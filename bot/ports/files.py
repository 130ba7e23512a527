"""Ports of files: stores of their bytes, and desks that hand files in and out."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Protocol

from bot.core.files import GivenFile, KeptFile
from bot.core.model import VisitorKey


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


class ReadableFile(Protocol):
    """A file that its reader may read. Reading blocks."""

    @property
    def file(self) -> KeptFile:
        """Its name, type and size."""
        ...

    def read(self, start: int, length: int) -> Iterator[bytes]:
        """Give a part of its bytes, a piece at a time."""
        ...


class FileDesk(Protocol):
    """Takes files from visitors and gives them to those who may read them. All of it blocks."""

    def take(self, given: GivenFile, owner: str) -> KeptFile:
        """Judge a file and keep it; raises FileRefusedError."""
        ...

    def find_for(self, browser: VisitorKey, id: str) -> ReadableFile | None:
        """Find a file that a browser may read at this moment."""
        ...

    def find_unused(self, owner: str, ids: Sequence[str]) -> dict[str, KeptFile]:
        """Find those of these files that their owner may still use in a message."""
        ...
