"""Passwords, kept as hashes that are slow to guess at: making and comparing them blocks."""

import re
from collections.abc import Sequence
from functools import cached_property
from threading import Lock

from pwdlib import PasswordHash
from pwdlib.hashers import HasherProtocol
from pwdlib.hashers.argon2 import Argon2Hasher

from bot.desk.errors import InvalidError

LEAST = 10
MOST = 200
_LOOKED_AT = 72  # characters: what comes after them makes a password no easier to guess
_TOO_FEW = 1_000_000
_LOCK = Lock()
_ONE_AT_A_TIME = Lock()
"""Each hash takes a core, and 64 MiB, for a quarter of a second."""
_LANES = 1  # more take no less of the processor, only from more of those who need it meanwhile
_OURS = ("whosthere", "inbox")
_WORDS = re.compile(r"\w{3,}")


def check_password(password: str, *about: str) -> str:
    """Return a password that somebody may have; `about` are texts that are known of them."""
    if len(password) < LEAST:
        msg = f"password: at least {LEAST} characters."
        raise InvalidError(msg)
    if len(password) > MOST or not _is_encodable(password):
        msg = f"password: at most {MOST} characters, and only such as can be stored."
        raise InvalidError(msg)
    if _is_common(password, about):
        msg = "password: too easy to guess, as it is among the first that are tried. Take another, "
        msg += "for instance three or four words that don't belong together."
        raise InvalidError(msg)
    return password


def _is_common(password: str, about: Sequence[str]) -> bool:
    from zxcvbn import zxcvbn  # noqa: PLC0415 - reads its lists of words, only needed here

    known = [word for text in about for word in (text, *_WORDS.findall(text))]
    with _LOCK:  # it keeps the words of its last caller to itself
        guesses = zxcvbn(password[:_LOOKED_AT], user_inputs=[*_OURS, *known])["guesses"]
    return bool(guesses < _TOO_FEW)


class Passwords:
    """Makes hashes and compares with them, one at a time in a whole process."""

    def __init__(self, hasher: HasherProtocol | None = None) -> None:
        self._hash = PasswordHash((hasher or Argon2Hasher(parallelism=_LANES),))

    def hash(self, password: str) -> str:
        """Make what is stored."""
        with _ONE_AT_A_TIME:
            return self._hash.hash(password)

    def is_right(self, password: str, stored: str | None) -> bool:
        """Compare; where there is nothing to compare with, it takes as long."""
        if len(password) > MOST or not _is_encodable(password):
            password = ""
        known = stored or self._nobodys
        with _ONE_AT_A_TIME:
            return self._hash.verify(password, known) and stored is not None

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
