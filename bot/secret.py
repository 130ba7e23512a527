"""What signs cookies and tokens."""

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from bot.data_dir import make_data_dir
from config.settings import Settings, SettingsError


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


def derived_keys(settings: Settings, purpose: str) -> tuple[str, ...]:
    """Derive keys for one purpose, so that what is signed for another one is worth nothing."""
    return tuple(derive(key, purpose) for key in secret_keys(settings))


def derive(key: str, purpose: str) -> str:
    """Derive one key."""
    return hmac.new(key.encode(), purpose.encode(), hashlib.sha256).hexdigest()


def _kept_in(directory: Path) -> str:
    make_data_dir(directory)
    path = directory / "secret_key"
    if not path.exists():
        _make(path)
    return path.read_text()


def _make(path: Path) -> None:
    # Linked once it is whole: nobody ever reads half a secret, and of two makers the first wins.
    with NamedTemporaryFile("w", dir=path.parent) as file, suppress(FileExistsError):
        file.write(secrets.token_urlsafe(32))
        file.flush()
        os.fsync(file.fileno())
        os.link(file.name, path)
