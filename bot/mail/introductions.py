"""Finds the lines with which a mail program introduces what it quotes, of whatever form."""

from collections.abc import Callable, Sequence
from itertools import takewhile

from bot.mail.attributions import attribution_above, attribution_at
from bot.mail.copied_headers import announces_original, copied_header_at, is_rule

UNSEEN = "\ufeff\u200b\u200e\u200f \t\xa0"
"""What may stand before a mark."""


def introduction_at(lines: Sequence[str], at: int) -> int:
    """Count the lines from here on with which a program surely introduces a quote."""
    if not lines[at].strip():
        return 0
    if is_rule(lines[at]):
        blank = at + 1 < len(lines) and is_blank(lines[at + 1])
        header = _header_below_rule(lines, at + 1 + blank)
        return 1 + blank + header if header else 0
    if announces_original(lines[at]):
        return 1 + _header_below_rule(lines, at + 1)
    return copied_header_at(lines, at) or attribution_at(lines, at)


def lines_of_introduction(piece: Sequence[str]) -> int:
    """Count the last lines if a program wrote them above a quote, in whatever language."""
    blank = sum(1 for _ in takewhile(is_blank, reversed(piece)))
    end = len(piece) - blank
    if not end:
        return 0
    count = attribution_above(piece, end) or int(is_rule(piece[end - 1]))
    return blank + count if count else 0


def end_of(lines: Sequence[str], start: int, judge: Callable[[str], bool]) -> int:
    """Say where the lines end that are alike from `start` on."""
    end = start
    while end < len(lines) and judge(lines[end]):
        end += 1
    return end


def is_quoted(line: str) -> bool:
    """Say whether a line is marked as a quote."""
    line = line.lstrip(UNSEEN)
    return line.startswith(">") and not line.endswith(">>>")


def is_blank(line: str) -> bool:
    """Say whether a line shows nothing but perhaps a mark at its side."""
    return not line.strip(" |\xa0*")


def _header_below_rule(lines: Sequence[str], at: int) -> int:
    return copied_header_at(lines, at, below_rule=True) if at < len(lines) else 0
