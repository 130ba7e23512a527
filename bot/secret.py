"""The secret of an installation that was given none."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile


def kept_secret(directory: Path) -> str:
    """Read the secret that `directory` keeps; the first call makes it."""
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
