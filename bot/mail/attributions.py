"""Finds the "On … wrote:" that a mail program puts above what it quotes."""

import re
from collections.abc import Callable, Sequence

from bot.mail.quoting_words import OPENINGS, WIDE_COLON, WROTE

_MOST_LINES = 4
_LONGEST = 400
_TIME = re.compile(r"\d{1,2}[:.h]\d{2}")
_DATE = re.compile(r"(?<!\d)(?:(?:19|20)\d\d|\d{1,4}[./-]\d{1,2}[./-]\d{1,4})(?!\d)")
_BEGUN_INSIDE = re.compile(r"[-\s](?:On|Am|Le|Il|El|Op|Em|Den) (?=(?:[^\s\d]{1,12} ){0,3}\d)")
_DASHES = " -‐–—─*|"  # noqa: RUF001 - these are what programs write


def attribution_above(lines: Sequence[str], end: int) -> int:
    """Count the lines right above `end` that introduce a marked quote; 0: none does."""
    return _count(lines, end, _may_introduce)


def attribution_at(lines: Sequence[str], start: int) -> int:
    """Count the lines from `start` on that surely introduce a quote; 0: none does."""
    for end in range(start + 1, min(start + _MOST_LINES, len(lines)) + 1):
        if not lines[end - 1].strip():
            return 0
        if _count(lines, end, _introduces) == end - start:
            return end - start
        if lines[end - 1].endswith(":"):
            return 0
    return 0


def words_before(line: str) -> str:
    """Give what stands before an attribution that begins in the middle of its line."""
    found = _BEGUN_INSIDE.search(line[:_LONGEST])
    before = line[: found.start()].rstrip(_DASHES) if found else ""
    return before if any(map(str.isalpha, before)) else ""


def _count(lines: Sequence[str], end: int, judge: Callable[[str], bool]) -> int:
    """Take as few lines as make an attribution with a date, and the one on which it began."""
    if not _ends(lines[end - 1]):
        return 0
    tails = _tails(lines, end)
    fit = [count for count, tail in enumerate(tails, 1) if judge(tail)]
    dated = [count for count in fit if _names_a_moment(tails[count - 1])]
    least = next(iter(dated or fit), 0)
    if not least or tails[least - 1].startswith(OPENINGS):
        return least
    return next((count for count in fit if tails[count - 1].startswith(OPENINGS)), least)


def _tails(lines: Sequence[str], end: int) -> list[str]:
    """Give the last line, the last two, and so on, each as one text."""
    tails: list[str] = []
    for at in range(end - 1, max(-1, end - 1 - _MOST_LINES), -1):
        line = " ".join(lines[at][: _LONGEST + 1].lower().split())
        tail = f"{line} {tails[-1]}" if tails else line
        if not line or len(tail) > _LONGEST:
            break
        tails.append(tail.strip(_DASHES))
    return tails


def _ends(line: str) -> bool:
    """Say whether a line may be the last one of an attribution."""
    line = line.rstrip(" \xa0\t*")[-_LONGEST:]
    if line.endswith((":", WIDE_COLON, ">>>")) or (line.endswith(">") and "@" in line):
        return True
    return line.endswith(("-", "—")) and any(verb in line.lower() for verb in WROTE)


def _may_introduce(tail: str) -> bool:
    if tail.endswith(">"):
        return _DATE.search(tail) is not None
    return "@" in tail or _names_a_moment(tail)


def _introduces(tail: str) -> bool:
    wrote = any(verb in tail for verb in WROTE)
    if not _TIME.search(tail) and "@" not in tail:
        return False
    if wrote and _DATE.search(tail):
        return True
    return (
        "@" in tail
        and _TIME.search(tail) is not None
        and (wrote or tail[:1].isdigit() or tail.endswith(">>>"))
    )


def _names_a_moment(tail: str) -> bool:
    return _TIME.search(tail) is not None or _DATE.search(tail) is not None
