"""Passwords, kept as hashes that are slow to guess at: making and comparing them blocks."""

from functools import cached_property

from pwdlib import PasswordHash
from pwdlib.hashers import HasherProtocol
from pwdlib.hashers.argon2 import Argon2Hasher

from bot.desk.errors import InvalidError

LEAST = 8
MOST = 200


def check_password(password: str) -> str:
    """Return a password that somebody may have."""
    if len(password) < LEAST:
        msg = f"password: at least {LEAST} characters."
        raise InvalidError(msg)
    if len(password) > MOST or not _is_encodable(password):
        msg = f"password: at most {MOST} characters, and only such as can be stored."
        raise InvalidError(msg)
    return password


class Passwords:
    """Makes hashes and compares with them."""

    def __init__(self, hasher: HasherProtocol | None = None) -> None:
        self._hash = PasswordHash((hasher or Argon2Hasher(),))

    def hash(self, password: str) -> str:
        """Make what is stored."""
        return self._hash.hash(password)

    def is_right(self, password: str, stored: str | None) -> bool:
        """Compare; where there is nothing to compare with, it takes as long."""
        if len(password) > MOST or not _is_encodable(password):
            password = ""
        return self._hash.verify(password, stored or self._nobodys) and stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Say whether a new hash of the same password would be harder to guess at."""
        return self._hash.current_hasher.check_needs_rehash(stored)

    @cached_property
    def _nobodys(self) -> str:
        return self.hash("")


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a pair
        return False
    return True
