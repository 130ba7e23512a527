"""What is looked for, and how what was found is shown."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from bot.core.search_query import cut_and_mark, read_query

LONG = "Well. " * 60


def marked(text: str, query: str) -> str:
    pieces = cut_and_mark(text, read_query(query), 60)
    return "".join(f"[{piece.text}]" if piece.is_match else piece.text for piece in pieces)


def test_what_is_found_is_marked_as_it_was_written() -> None:
    for text, query, shown in [
        ("A blue tent", "TENT blue", "A [blue] [tent]"),
        ("L\u2019ÉTÉ", "ete", "L\u2019[ÉTÉ]"),
        ("Straße", "strasse", "[Straße]"),
        ("Call 091 123 4567!", "+421911234567", "Call [091 123 4567]!"),
        ("Call +421 911/234-567", "0911 234 567", "Call [+421 911/234-567]"),
        ("A tent", "green", "A tent"),
        ("tenttent", "tent", "[tenttent]"),
        ("\uff41\uff42", "b", "\uff41[\uff42]"),
        (f"{LONG}A blue tent. {LONG}", "tent", f"… Well. A blue [tent]. {LONG[:41]}"),
    ]:
        assert marked(text, query) == shown, (text, query)


def test_marks_alone_count_only_if_nothing_else_is_looked_for() -> None:
    assert read_query("blue - tent") == read_query("blue tent") == read_query("blue, tent")
    assert [clause.ways[0][0].text for clause in read_query("%").clauses] == ["%"]


@given(st.text(max_size=80), st.text(max_size=12))
def test_a_text_that_is_short_is_shown_whole(text: str, query: str) -> None:
    whole = "".join(piece.text for piece in cut_and_mark(text, read_query(query), 1_000))
    assert whole == unicodedata.normalize("NFC", text)
