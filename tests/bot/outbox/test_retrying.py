"""How long failed work waits, and when it is given up."""

from datetime import timedelta

import pytest

from bot.outbox.retrying import Retry, doubling

SECOND = timedelta(seconds=1)
TWICE = Retry(doubling(2 * SECOND, 300 * SECOND), most=20)


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(0, 2), (1, 2), (2, 4), (3, 8), (8, 256), (9, 300), (10_000, 300)]
)
def test_each_pause_is_twice_the_one_before_up_to_the_longest(attempts: int, seconds: int) -> None:
    assert TWICE.pause(attempts) == seconds * SECOND


def test_so_many_more_attempts_follow_the_first() -> None:
    assert [attempts for attempts in range(30) if not TWICE.is_spent(attempts)][-1] == 20


def test_where_only_the_deadline_counts_no_attempt_is_the_last() -> None:
    assert not Retry((SECOND,)).is_spent(10_000)


def test_what_recurs_is_never_given_up() -> None:
    assert not Retry((SECOND,), most=3, every=SECOND).is_spent(10_000)
