"""A reader counts what it may read from one on, without gaps."""

from hypothesis import given
from hypothesis import strategies as st

from bot.ports.visitor_view import Numbering


@given(st.integers(0, 40), st.sets(st.integers(1, 40)))
def test_what_may_be_read_is_counted_without_gaps_and_found_again(
    last: int, hidden: set[int]
) -> None:
    numbering = Numbering(tuple(sorted(hidden)))
    readable = [seq for seq in range(1, last + 1) if seq not in hidden]
    numbers = [numbering.number_of(seq) for seq in readable]
    assert numbers == [*range(1, len(readable) + 1)]
    assert [numbering.seq_of(number) for number in numbers] == readable
    assert numbering.number_of(last) == len(readable)


@given(st.integers(0, 40), st.sets(st.integers(1, 40)), st.integers(0, 60))
def test_after_a_number_come_just_the_messages_that_are_counted_higher(
    last: int, hidden: set[int], after: int
) -> None:
    numbering = Numbering(tuple(sorted(hidden)))
    readable = [seq for seq in range(1, last + 1) if seq not in hidden]
    assert [seq for seq in readable if seq > numbering.seq_of(after)] == readable[after:]
    assert [seq for seq in readable if seq < numbering.seq_of(after)] == readable[
        : max(after, 1) - 1
    ]
