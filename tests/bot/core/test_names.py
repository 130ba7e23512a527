"""What visitors are called."""

import pytest

from bot.core.model import VisitorKey
from bot.core.names import nickname, visitor_name

ANN = VisitorKey("messenger", "1001", "ann")


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [("Ada", "Lovelace", "Ada Lovelace"), ("Ada", None, "Ada"), ("", "Lovelace", "Lovelace")],
)
def test_a_profile_names_the_visitor(first: str | None, last: str | None, name: str) -> None:
    assert visitor_name(ANN, first, last) == name


def test_without_a_profile_the_name_says_so_and_stays_the_same() -> None:
    assert visitor_name(ANN, None, "") == "Unknown visitor " + nickname(ANN)
    assert nickname(ANN) == nickname(VisitorKey("messenger", "1001", "ann"))


@pytest.mark.parametrize(
    "hidden",
    [
        "\u200b",
        "\u202e\u2066",
        "\u0301\u0301",
        "\u3164",
        "\u2800\u115f",
        "\u00a0 ",
        "\ufe0f",
        "\x07",
    ],
)
def test_what_can_not_be_seen_is_no_name(hidden: str) -> None:
    assert visitor_name(ANN, hidden, hidden * 3).startswith("Unknown visitor")
    assert visitor_name(ANN, hidden, "Lovelace") == "Lovelace"


@pytest.mark.parametrize("name", ["\u674e", "\u05d0\u05d1", "e\u0301", "\U0001f642", "7"])
def test_whatever_can_be_seen_is_one(name: str) -> None:
    assert visitor_name(ANN, name, None) == name


def test_visitors_are_told_apart() -> None:
    names = {nickname(VisitorKey("messenger", "1001", str(number))) for number in range(100)}
    assert len(names) > 95
    assert len({nickname(VisitorKey(channel, "1001", "ann")) for channel in ("a", "b", "c")}) == 3


def test_no_character_is_easily_misread() -> None:
    every = "".join(
        nickname(VisitorKey("messenger", "1001", str(number))) for number in range(2_000)
    )
    assert set(every) == set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
