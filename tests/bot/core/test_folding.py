"""What a search takes for the same."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from bot.core.folding import fold, fold_with_places
from bot.core.search_line import line_of

ALIKE = [
    ("Привет", "ПРИВЕТ"),
    ("Été", "e\u0301te\u0301", "ETE"),
    ("\uff21\uff22\uff11", "ab1"),
    ("Straße", "STRASSE"),
    ("İstanbul", "istanbul", "\u0131stanbul"),
    ("ΣΊΣΥΦΟΣ", "σίσυφος"),
    ("Łódź", "lodz"),
    ("٠٩١١", "0911"),
    ("don\u2019t \u2013 \u201cno\u201d", 'don\'t - "no"'),
    ("\uff76\uff9e", "ガ", "カ"),
    ("so\u00adft wi\u200bdth", "soft width"),
]


def test_case_accents_and_width_make_no_difference() -> None:
    for texts in ALIKE:
        assert len({fold(text) for text in texts}) == 1, texts
    assert fold("क्षेत्र 입니다") != fold("कषतर 입니")


@given(st.text())
def test_folding_is_done_once_for_all_and_its_places_are_right(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    original, folded, places = fold_with_places(text)
    assert folded == fold(original)
    assert original == unicodedata.normalize("NFC", text)
    assert all(folded[at] in fold(original[place]) for at, place in enumerate(places))


@given(st.text(alphabet="0123456789 ()./-+ab帐n", max_size=60))
def test_a_line_begins_with_the_text_and_holds_no_empty_word(text: str) -> None:
    assert line_of(text).startswith(fold(text))
    assert "nn" not in line_of(text.replace("n", ""))


def test_a_word_without_end_is_cut() -> None:
    assert max(map(len, line_of("x" * 5_000).split())) == 400
