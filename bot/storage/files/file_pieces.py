"""Keeps files in the database, in pieces: none of them holds up others who write."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

import sqlalchemy as sa

from bot.ports.errors import UnavailableError
from bot.storage.database.engine import Database
from bot.storage.database.transactions import read, retry_races
from bot.storage.forgetting.referring import delete_keys
from bot.storage.tables import file_pieces

PIECE = 256 * 1024
_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class DatabaseFiles:
    """The database as a store: it has a file's row before it has its bytes."""

    database: Database
    name: str = "database"

    def write(self, key: str, pieces: Iterable[bytes]) -> None:
        """Keep the bytes, each piece by a transaction of its own."""
        for number, body in enumerate(_equal(pieces)):
            row = {"token": key, "number": number, "body": body}
            retry_races(self.database, partial(_insert, row))

    def read(self, key: str, start: int, length: int) -> Iterator[bytes]:
        """Give a part of the bytes; ends with UnavailableError if the file goes meanwhile."""
        end = start + length
        for number in range(start // PIECE, -(-end // PIECE)):
            body = read(self.database, partial(_find, key, number))
            first = number * PIECE
            yield body[max(0, start - first) : end - first]

    def delete(self, keys: Collection[str]) -> None:
        """Delete the pieces, a few at a time."""
        for key in keys:
            while retry_races(self.database, partial(_delete_some, key)):
                pass


def _equal(pieces: Iterable[bytes]) -> Iterator[bytes]:
    waiting = bytearray()
    for piece in pieces:
        waiting += piece
        while len(waiting) >= PIECE:
            yield bytes(waiting[:PIECE])
            del waiting[:PIECE]
    if waiting:
        yield bytes(waiting)


def _insert(row: dict[str, object], connection: sa.Connection) -> None:
    connection.execute(sa.insert(file_pieces), row)


def _find(key: str, number: int, connection: sa.Connection) -> bytes:
    here = (file_pieces.c.token == key, file_pieces.c.number == number)
    body = connection.execute(sa.select(file_pieces.c.body).where(*here)).scalar()
    if body is None:
        msg = "a file is deleted while it is read"
        raise UnavailableError(msg)
    return bytes(body)


def _delete_some(key: str, connection: sa.Connection) -> int:
    query = sa.select(file_pieces.c.token, file_pieces.c.number).where(file_pieces.c.token == key)
    keys = [tuple(row) for row in connection.execute(query.limit(_AT_ONCE))]
    return delete_keys(connection, file_pieces, keys) if keys else 0
