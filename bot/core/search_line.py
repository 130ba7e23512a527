"""Search lines: what a search looks at instead of a text itself.

A line is the folded text, and behind it what the text does not say letter by letter: each telephone
number as digits, forwards and backwards (`n911234567n r765432119`), and in scripts that put no
blanks between words each letter with its neighbour.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from bot.core.folding import fold

BREAKS = (
    r"[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u2bff\u3000-\u303f"
    r"\U0001f000-\U0001faff]+"
)
"""What is between words of a line, in Python's and PostgreSQL's regular expressions alike."""
_LONGEST_WORD = 400
_LONG = re.compile(f"{BREAKS[:-1].replace('[', '[^', 1)}{{{_LONGEST_WORD}}}")
# Han, Kana, Thai, Lao, Myanmar, Khmer
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\U00020000-\U0003ffff]+"
)
_NUMBER = re.compile(r"\+?\(?\d[\d ()./-]*")
_NO_DIGITS = re.compile(r"\D+")
_TRUNK = "(0)"
_FEWEST_DIGITS, _MOST_DIGITS = 7, 15


class Number(NamedTuple):
    """A stretch of a folded text that may be a telephone number."""

    start: int
    end: int
    digits: str
    is_international: bool


def line_of(text: str) -> str:
    """Write a text's search line."""
    folded = fold(text)
    further = " ".join(_further(folded))
    line = f"{folded}\n{further}" if further else folded
    return _LONG.sub(r"\g<0> ", line) if len(line) > _LONGEST_WORD else line


def find_numbers(folded: str, fewest: int = _FEWEST_DIGITS) -> Iterator[Number]:
    """Find what may be telephone numbers; zeros at the beginning are no digits of theirs."""
    for found in _NUMBER.finditer(folded):
        written = found[0].rstrip(" (./-")
        digits = _NO_DIGITS.sub("", written.replace(_TRUNK, ""))
        told = digits.lstrip("0")
        if told and fewest <= len(digits) <= _MOST_DIGITS:
            is_international = written.startswith(("+", "(+", "00"))
            end = found.start() + len(written)
            yield Number(found.start(), end, told, is_international)


def find_runs(folded: str) -> Iterator[str]:
    """Find what is written in scripts without blanks between words."""
    return (found[0] for found in _UNSPACED.finditer(folded))


def forwards(digits: str) -> str:
    """Write a number as a word that begins like it."""
    return f"n{digits}n"


def backwards(digits: str) -> str:
    """Write a number as a word that begins with its end, which has no prefix of a country."""
    return f"r{digits[::-1]}"


def _further(folded: str) -> dict[str, None]:
    words: dict[str, None] = {}
    for number in find_numbers(folded):
        words[forwards(number.digits)] = words[backwards(number.digits)] = None
    if not folded.isascii():
        for run in find_runs(folded):
            words.update(dict.fromkeys(run[at : at + 2] for at in range(len(run))))
    return words
