"""Files: can they be kept."""

import secrets
from collections.abc import Iterator

from bot.edge.object_store import BucketFiles
from bot.findings import Finding, broken, ok
from bot.ports.errors import UnavailableError
from bot.ports.files import FileStore
from config.settings import Settings

_TOPIC = "files"
_WORDS = b"Written by a check, and deleted at once."


def check_files(settings: Settings) -> Iterator[Finding]:
    """Write a few bytes to the S3-compatible store, read them and delete them."""
    where, most = settings.object_store, settings.files_max_mb
    if where is None:
        yield ok(_TOPIC, f"Files of up to {most} MB are kept in the database.")
    elif _keeps(BucketFiles(where)):
        yield ok(_TOPIC, f"Files of up to {most} MB are kept in the store that FILES_URL names.")
    else:
        yield broken(
            _TOPIC,
            "The store that FILES_URL names can't be reached, or does not let us write, read and "
            "delete.",
            "Look at its address, the key, the bucket and the region.",
        )


def _keeps(store: FileStore) -> bool:
    key = f"check-{secrets.token_hex(8)}"
    try:
        store.write(key, [_WORDS])
        is_kept = b"".join(store.read(key, 0, len(_WORDS))) == _WORDS
        store.delete([key])
    except UnavailableError:
        return False
    return is_kept
