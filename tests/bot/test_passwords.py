"""Hashing costs 64 MiB and a moment of all cores: never twice at once in a process."""

from concurrent.futures import ThreadPoolExecutor
from itertools import repeat

from pwdlib.hashers.argon2 import Argon2Hasher

from bot.desk.passwords import Passwords


class Crowded(Argon2Hasher):
    """Notes how many are at it; Argon2 itself lets other threads run meanwhile."""

    inside = 0
    most = 0

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        with self:
            return super().hash(password, salt=salt)

    def verify(self, password: str | bytes, hash: str | bytes) -> bool:
        with self:
            return super().verify(password, hash)

    def __enter__(self) -> None:
        Crowded.inside += 1
        Crowded.most = max(Crowded.most, Crowded.inside)

    def __exit__(self, *_: object) -> None:
        Crowded.inside -= 1


def test_no_two_passwords_are_hashed_or_compared_at_once() -> None:
    sets = [Passwords(Crowded(time_cost=1, memory_cost=4096, parallelism=1)) for _ in range(8)]
    with ThreadPoolExecutor(len(sets)) as pool:
        stored = list(pool.map(Passwords.hash, sets, repeat("correct horse")))
        right = list(pool.map(Passwords.is_right, sets, repeat("correct horse"), stored))
        wrong = list(pool.map(Passwords.is_right, sets, repeat("correct horse"), repeat(None)))
    assert (all(right), any(wrong)) == (True, False)
    assert Crowded.most == 1
