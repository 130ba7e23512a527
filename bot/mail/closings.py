"""Leaves out what mail programs and companies put below somebody's words."""

from collections.abc import Sequence

from bot.mail.quoting_words import ADDRESSEE, CONFIDENTIAL, DEVICES, MESSAGE, SENT_FROM, SLOGANS

_MOST_LINES = 10
_LONGEST_LINE = 120
_LONGEST_SLOGAN = 60
_SHORTEST_DISCLAIMER = 100
_DIVIDERS = {"--", "—", "---"}


def without_closing(lines: Sequence[str]) -> Sequence[str]:
    """Drop signature, disclaimer and "Sent from my …" at the end."""
    left = _trimmed(lines)
    for drop in (_without_disclaimer, _without_signature, _without_device, _without_device):
        left = _trimmed(drop(left))
    return left


def _trimmed(lines: Sequence[str]) -> Sequence[str]:
    end = len(lines)
    while end and not lines[end - 1].strip(" \xa0*_|\u200b\ufeff"):
        end -= 1
    return lines[:end]


def _without_device(lines: Sequence[str]) -> Sequence[str]:
    return lines[:-1] if lines and _names_a_device(lines[-1]) else lines


def _names_a_device(line: str) -> bool:
    line = line.strip(" *_[(\xa0").lower()
    if line.startswith(SLOGANS):
        return len(line) <= _LONGEST_SLOGAN
    is_short = len(line) <= _LONGEST_LINE and not {"?", ","} & set(line)
    return is_short and line.startswith(SENT_FROM) and any(name in line for name in DEVICES)


def _without_signature(lines: Sequence[str]) -> Sequence[str]:
    first = max(0, len(lines) - _MOST_LINES - 1)
    at = next((at for at in range(first, len(lines)) if lines[at].strip() in _DIVIDERS), None)
    return lines if at is None or not all(map(_may_sign, lines[at + 1 :])) else lines[:at]


def _may_sign(line: str) -> bool:
    is_added = line.lstrip().upper().startswith(("PS", "P.S", "P. S"))
    return len(line) <= _LONGEST_LINE and "?" not in line and not is_added


def _without_disclaimer(lines: Sequence[str]) -> Sequence[str]:
    start = len(lines)
    while start and lines[start - 1].strip():
        start -= 1
    paragraph = " ".join(lines[start:]).lower()
    is_one = (
        len(paragraph) >= _SHORTEST_DISCLAIMER
        and any(word in paragraph for word in MESSAGE)
        and any(word in paragraph for word in CONFIDENTIAL)
        and any(word in paragraph for word in ADDRESSEE)
    )
    return lines[:start] if is_one else lines
