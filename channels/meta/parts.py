"""Cutting a long text where a reader would pause."""

import re
from bisect import bisect_right
from itertools import accumulate

# Meta says "less than 2000 characters" and not of what kind: count UTF-16 units, the larger number.
LONGEST_PART = 1_900
"""How many UTF-16 units go into one message."""
_ONE_UNIT = 0xFFFF
# From the best place to pause to the worst; Chinese and Japanese leave no blank after a stop.
_PAUSES = [
    re.compile(pattern)
    for pattern in (r"\n\s*\n", r"\n", r"[.!?\u2026]\s|[\u3002\uff01\uff1f]", r"\s")
]


def split_text(text: str, longest: int = LONGEST_PART) -> list[str]:
    """Cut into parts that fit; none is blank, and blanks at the cuts are lost."""
    parts, rest = [], text.strip()
    while rest:
        cut = _find_cut(rest, longest)
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return parts


def _find_cut(text: str, longest: int) -> int:
    most = _count_fitting(text, longest)
    if most == len(text):
        return most
    for pause in _PAUSES:
        ends = [found.end() for found in pause.finditer(text, most // 2, most)]
        if ends:
            return ends[-1]
    return most


def _count_fitting(text: str, longest: int) -> int:
    units = accumulate(2 if ord(character) > _ONE_UNIT else 1 for character in text[:longest])
    return bisect_right(list(units), longest)
