"""Numbers in addresses, forms and frames."""

import pytest

from bot.edge.bodies import UnreadableError
from bot.edge.numbers import LAST_ID, as_number, is_id, read_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("007", 7),
        (str(LAST_ID), LAST_ID),
        (str(LAST_ID + 1), None),
        ("9" * 5_000, None),
        ("", None),
        ("-1", None),
        ("+1", None),
        (" 1", None),
        ("1\n", None),
        ("1_0", None),
        ("1e9", None),
        ("1.0", None),
        ("\u0663", None),
        ("\uff11", None),
        ("\u00b2", None),
        ("1\0", None),
    ],
)
def test_only_digits_of_a_number_that_can_be_stored_are_one(text: str, number: int | None) -> None:
    assert as_number(text) == number


def test_what_is_left_out_is_no_number_and_what_is_too_large_is_made_smaller() -> None:
    assert read_number({}, "rows", 200) is None
    assert read_number({"rows": ""}, "rows", 200) is None
    assert read_number({"rows": "9999999"}, "rows", 200) == 200


def test_what_is_no_number_is_refused_by_its_name() -> None:
    with pytest.raises(UnreadableError, match="rows: a whole number is needed"):
        read_number({"rows": "ten"}, "rows", 200)


@pytest.mark.parametrize(
    ("value", "is_one"),
    [
        (1, True),
        (LAST_ID, True),
        (LAST_ID + 1, False),
        (2**70, False),
        (0, False),
        (-1, False),
        (True, False),
        (1.0, False),
        ("1", False),
        (None, False),
    ],
)
def test_ids_in_frames(value: object, is_one: bool) -> None:  # noqa: FBT001 - a table's column
    assert is_id(value) == is_one
