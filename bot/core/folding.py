"""Folding: text as a search compares it, without case, accents and width."""

import re
import unicodedata
from typing import NamedTuple

_OWN_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "\u0131": "i"}
    | {"æ": "ae", "œ": "oe", "þ": "th"}
)
"""Letters whose strokes and ligatures Unicode does not take apart."""
_MOST_KEPT = 20_000  # letters
_QUOTES = frozenset("\u2018\u2019\u201b\u02bc\u2032")
_DOUBLE_QUOTES = frozenset("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033")
_HIDDEN = re.compile("[\ufe00-\ufe0f]")


class _Letters(dict[int, str]):
    """What each letter becomes, found out when it first comes."""

    def __missing__(self, number: int) -> str:
        folded = _fold_letter(chr(number))
        if len(self) < _MOST_KEPT:
            self[number] = folded
        return folded


_LETTERS = _Letters()


class Folded(NamedTuple):
    """A text in NFC, its folding, and from which of its letters each folded one comes."""

    original: str
    text: str
    places: list[int]


def fold(text: str) -> str:
    """Fold a text: `ÉTÉ`, `été` and `ete` are one."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", text).translate(_LETTERS)


def fold_with_places(text: str) -> Folded:
    """Fold a text so that what is found in it can be marked."""
    original = unicodedata.normalize("NFC", text)
    pieces = [_LETTERS[ord(letter)] for letter in original]
    places = [place for place, piece in enumerate(pieces) for _ in piece]
    return Folded(original, "".join(pieces), places)


def _fold_letter(letter: str) -> str:
    taken_apart = unicodedata.normalize("NFKD", letter).casefold()
    parts = unicodedata.normalize("NFKD", taken_apart).translate(_OWN_LETTERS)
    kept = "".join(_fold_part(part) for part in parts)
    return unicodedata.normalize("NFC", kept)


def _fold_part(part: str) -> str:
    kind = unicodedata.category(part)
    if part in _QUOTES or part in _DOUBLE_QUOTES:
        return '"' if part in _DOUBLE_QUOTES else "'"
    if unicodedata.combining(part) or kind == "Cf" or _HIDDEN.match(part):
        return ""
    if kind == "Nd":
        return str(unicodedata.digit(part))
    return part if part.isascii() else _MARKS.get(kind, part)


_MARKS = {
    **dict.fromkeys(("Zs", "Zl", "Zp"), " "),
    "Pd": "-",
    **dict.fromkeys(("Pi", "Pf"), '"'),
    **dict.fromkeys(("Ps", "Pe", "Po", "Pc"), ","),
}
"""Marks and blanks of all scripts by their Unicode category, as ASCII has them."""
