"""What a store of files promises, held by each of them."""

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from bot.core.files import FileKind, KeptFile
from bot.edge.object_store import BucketFiles
from bot.files import FileKeeper
from bot.ports.errors import UnavailableError
from bot.ports.files import FileStore
from bot.storage.database.engine import Database
from bot.storage.database.transactions import read, retry_races
from bot.storage.files.file_pieces import PIECE, DatabaseFiles
from bot.storage.files.uploads import Upload, find_unused, take_unwanted
from config.file_store import read_store_url
from tests.factories import NOON

OWNER = "webchat/https://shop.example/ann"
SIZES = (0, 1, PIECE - 1, PIECE, 2 * PIECE + 17)


def _bytes(size: int) -> bytes:
    return bytes(number * 7 % 251 for number in range(size))


def _pieces(body: bytes) -> Iterator[bytes]:
    return (body[start : start + 70_000] for start in range(0, len(body), 70_000))


def _file(token: str, size: int) -> KeptFile:
    return KeptFile(token, FileKind.FILE, "a.pdf", "application/pdf", size)


def usable(database: Database, owner: str, token: str) -> dict[str, Upload]:
    return read(database, lambda held: find_unused(held, owner, [token], NOON))


def hold_promises(database: Database, store: FileStore) -> None:
    """Keep, read in part, find nobody's, delete: by the keeper, as all files are."""
    keeper = FileKeeper(database, {store.name: store}, lambda: NOON)
    for size in SIZES:
        body, file = _bytes(size), _file(f"{store.name}{size}", size)
        keeper.keep(file, OWNER, _pieces(body))
        found = usable(database, OWNER, file.id)
        assert found == {file.id: Upload(file, store.name)}
        for start, end in ((0, size), (size // 3, size), (size // 3, size // 2)):
            given = b"".join(keeper.read(Upload(file, store.name), start, end - start))
            assert given == body[start:end], (size, start, end)
        assert not usable(database, "webchat/https://shop.example/ben", file.id)
        store.delete([file.id, "never was there"])
        if size:
            with pytest.raises(UnavailableError):
                list(keeper.read(Upload(file, store.name), 0, size))


def test_the_database_keeps_its_promises(database: Database) -> None:
    hold_promises(database, DatabaseFiles(database))
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM file_pieces").scalar() == 0


def test_a_bucket_keeps_its_promises(bucket_url: str, migrated_file: Path, tmp_path: Path) -> None:
    database = Database(f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'copy.db')}")
    hold_promises(database, BucketFiles(read_store_url(bucket_url)))
    database.close()


def test_a_bucket_that_is_away_or_refuses_says_so_and_names_no_key(bucket_url: str) -> None:
    nobody_listens = "s3://a-key:a%2Fsecret@127.0.0.1:1/files"
    for url in (bucket_url.replace("a%2Fsecret", "a%2Fwrong"), nobody_listens):
        where = read_store_url(url)
        bucket = BucketFiles(where)
        with pytest.raises(UnavailableError) as writing:
            bucket.write("one", [b"one"])
        with pytest.raises(UnavailableError) as reading:
            list(bucket.read("first", 0, 5))
        for told in (writing, reading):
            words = f"{told.value!r} {told.value.__cause__!r} {where!r}"
            assert where.key not in words
            assert where.secret not in words


class _FailingStore:
    """A store that is killed in the middle."""

    name = "database"

    def __init__(self, store: FileStore) -> None:
        self.read, self.delete, self._write = store.read, store.delete, store.write

    def write(self, key: str, pieces: Iterable[bytes]) -> None:
        self._write(key, [next(iter(pieces)) * 5])
        raise ZeroDivisionError


def test_half_an_upload_is_nobodys_and_is_swept_up(database: Database) -> None:
    store = DatabaseFiles(database)
    keeper = FileKeeper(database, {"database": _FailingStore(store)}, lambda: NOON)
    with pytest.raises(ZeroDivisionError):
        keeper.keep(_file("half", PIECE), OWNER, _pieces(_bytes(PIECE)))
    assert not usable(database, OWNER, "half")
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM file_pieces").scalar()
    taken = retry_races(database, lambda held: take_unwanted(held, ["database"], NOON))
    assert taken == []  # it may still be under way
