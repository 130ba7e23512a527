import pytest

from channels.meta.parts import split_text


@pytest.mark.parametrize("text", ["Hello", "x" * 1900, "  Hello \n", "Two\n\nparagraphs"])
def test_a_short_text_is_one_part(text: str) -> None:
    assert split_text(text) == [text.strip()]


@pytest.mark.parametrize("text", ["", " \n\t "])
def test_a_blank_text_has_no_parts(text: str) -> None:
    assert split_text(text) == []


CUTS = [
    ("one two six\n\nthree. four", ["one two six", "three. four"]),
    ("one two six\nthree. four", ["one two six", "three. four"]),
    ("one two three. four five six", ["one two three.", "four five six"]),
    ("one two three four five six", ["one two three four", "five six"]),
    ("onetwothreefourfivesixseven", ["onetwothreefourfives", "ixseven"]),
    ("\u4e00" * 12 + "\u3002" + "\u4e8c" * 12, ["\u4e00" * 12 + "\u3002", "\u4e8c" * 12]),
]


@pytest.mark.parametrize(("text", "parts"), CUTS, ids=range(len(CUTS)))
def test_a_long_text_is_cut_where_a_reader_would_pause(text: str, parts: list[str]) -> None:
    assert split_text(text, longest=20) == parts


def test_a_pause_near_the_beginning_is_no_reason_to_cut_there() -> None:
    assert split_text("a\n\nbcdefghij klmnopqrstuvw", longest=20)[0] == "a\n\nbcdefghij"


def test_emoji_count_twice_and_are_never_halved() -> None:
    parts = split_text("\U0001f600" * 2000)
    assert [len(part) for part in parts] == [950, 950, 100]


def test_nothing_but_blanks_is_lost() -> None:
    text = " ".join(f"word{number}." for number in range(3000))
    parts = split_text(text)
    assert " ".join(parts) == text
    assert all(len(part) <= 1900 for part in parts)


def test_a_lone_surrogate_does_not_hang() -> None:
    assert "".join(split_text("\ud800" * 3000)) == "\ud800" * 3000
