"""The secret keys that sign cookies and tokens."""

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from bot.runtime.data_dir import make_data_dir
from config.secret_texts import LEAST_CHARACTERS
from config.settings import Settings, SettingsError

_FILE = "secret_key"
_UNUSABLE = (
    f"DATA_DIR: the file {_FILE} in it can't be read, or holds fewer than {LEAST_CHARACTERS} "
    "characters: put the right one back, or remove it, and all must sign in again."
)


def secret_keys(settings: Settings) -> tuple[str, ...]:
    """Find the given secrets, the signing one first, or the one kept beside the embedded database.

    The first call makes that one.
    """
    if settings.secret_key:
        return tuple(key.get_secret_value() for key in settings.secret_key)
    if settings.database_url:
        message = (
            "SECRET_KEY: missing; with a database of your own, set it to a random text of 32 "
            "characters or more."
        )
        raise SettingsError(message)
    return (_kept_in(settings.data_dir),)


def has_kept_secret(settings: Settings) -> bool:
    """Say whether the secret beside the embedded database was made already."""
    return os.path.lexists(settings.data_dir / _FILE)


def derived_keys(settings: Settings, purpose: str) -> tuple[str, ...]:
    """Derive keys for one purpose, so that what is signed for another one is worth nothing."""
    return tuple(derive(key, purpose) for key in secret_keys(settings))


def derive(key: str, purpose: str) -> str:
    """Derive one key."""
    return hmac.new(key.encode(), purpose.encode(), hashlib.sha256).hexdigest()


def _kept_in(directory: Path) -> str:
    make_data_dir(directory)
    path = directory / _FILE
    try:
        if not path.exists():
            _make(path)
        kept = path.read_text()
    except (OSError, UnicodeDecodeError):
        kept = ""
    if len(kept.strip()) < LEAST_CHARACTERS:
        raise SettingsError(_UNUSABLE)
    return kept


def _make(path: Path) -> None:
    # Linked once it is whole: nobody ever reads half a secret, and of two makers the first wins.
    with NamedTemporaryFile("w", dir=path.parent) as file, suppress(FileExistsError):
        file.write(secrets.token_urlsafe(32))
        file.flush()
        os.fsync(file.fileno())
        os.link(file.name, path)
