"""Keeps files and reads them, wherever their bytes are."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.core.files import KeptFile
from bot.ports.errors import UnavailableError
from bot.ports.files import FileStore
from bot.runtime.failpoints import failpoint
from bot.storage.database.engine import Database
from bot.storage.database.transactions import retry_races
from bot.storage.files.uploads import Upload, begin_upload, finish_upload


@dataclass(frozen=True, slots=True)
class FileKeeper:
    """Writes a file's row, its bytes, and only then that it is there. All of it blocks."""

    database: Database
    stores: Mapping[str, FileStore]
    """The first one gets what is new."""
    clock: Callable[[], datetime]

    def keep(self, file: KeptFile, owner: str, pieces: Iterable[bytes]) -> None:
        """Keep a file; whoever dies in between leaves what the next sweep deletes."""
        store = next(iter(self.stores.values()))
        upload, now = Upload(file, store.name), self.clock()
        retry_races(self.database, lambda held: begin_upload(held, upload, owner, now))
        failpoint("upload.after_row")
        store.write(file.id, pieces)
        failpoint("upload.after_bytes")
        retry_races(self.database, lambda held: finish_upload(held, file.id, now))

    def read(self, upload: Upload, start: int, length: int) -> Iterator[bytes]:
        """Give a part of a file's bytes, a piece at a time."""
        store = self.stores.get(upload.store)
        if store is None:
            msg = f"files were kept in {upload.store}, which is not configured any more"
            raise UnavailableError(msg)
        return store.read(upload.file.id, start, length)
