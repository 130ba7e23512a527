"""Keeps files in an S3-compatible store."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from bot.ports.errors import UnavailableError
from config.file_store import ObjectStore

_PIECE = 256 * 1024
_PART = 5 * 1024 * 1024
"""The least size of a part, for S3 itself."""
_FOLDER = "whosthere"


class BucketFiles:
    """A bucket; nobody but this program writes under its prefix."""

    name = "s3"

    def __init__(self, where: ObjectStore) -> None:
        """Connect to nothing yet."""
        self._where = where

    @cached_property
    def _store(self) -> S3Store:
        where = self._where
        return S3Store(
            where.bucket,
            prefix=_FOLDER,
            endpoint=where.endpoint,
            region=where.region,
            access_key_id=where.key,
            secret_access_key=where.secret,
            virtual_hosted_style_request=False,
            client_options={
                "allow_http": where.endpoint.startswith("http://"),
                "connect_timeout": timedelta(seconds=3),
                "timeout": timedelta(seconds=20),
            },
            retry_config={"max_retries": 1, "retry_timeout": timedelta(seconds=20)},
        )

    def write(self, key: str, pieces: Iterable[bytes]) -> None:
        """Keep the bytes; nothing can be read before all of them are there."""
        with _explained():
            obstore.put(self._store, key, iter(pieces), chunk_size=_PART, max_concurrency=1)

    def read(self, key: str, start: int, length: int) -> Iterator[bytes]:
        """Give a part of the bytes."""
        if not length:
            return
        with _explained():
            found = obstore.get(self._store, key, options={"range": (start, start + length)})
            for piece in found.stream(min_chunk_size=_PIECE):
                yield bytes(piece)

    def delete(self, keys: Collection[str]) -> None:
        """Delete objects; one that is not there is none the less deleted."""
        with _explained():
            for key in keys:  # one by one: not every such store knows how to delete many
                obstore.delete(self._store, key)


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        msg = "the file store does not have a file that it was given"
        raise UnavailableError(msg) from None
    except (BaseError, OSError):  # its words may name keys
        msg = "the file store can't be reached, or refuses us"
        raise UnavailableError(msg) from None
