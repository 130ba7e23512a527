"""Finds the header of an earlier mail, which a mail program copies above that mail's text."""

import re
from collections.abc import Iterator, Sequence

from bot.mail.quoting_words import (
    FORWARDED,
    FROM,
    ORIGINAL,
    SENT,
    SUBJECT,
    TO,
    WIDE_COLON,
    WROTE,
)

_ROLES = {"from": FROM, "sent": SENT, "to": TO, "subject": SUBJECT}
_ROLE_OF = {word: role for role, words in _ROLES.items() for word in words}
_MOST_LINES = 12
_MOST_OTHERS = 2  # lines in a row that only go on with the one above them
_LONGEST_NAME = 20
_TIME = re.compile(r"\d{1,2}[:.h]\d{2}")
_DASHES = "-‐–—_=─*"  # noqa: RUF001 - these are what programs write
_PAIRS = {2 * dash for dash in _DASHES} - {"__", "**"}
_SHORTEST_RULE = 5
_LONGEST_LINE = 200


def copied_header_at(lines: Sequence[str], start: int, *, below_rule: bool = False) -> int:
    """Count the lines of a copied header that begins here; 0: none does."""
    if _role(lines[start]) is None or (start and _role(lines[start - 1])):
        return 0  # nor does it go on where it could not begin
    found = dict(_fields(lines, start))
    if not _is_header(set(found), " ".join(lines[start : max(found.values()) + 1]), below_rule):
        return 0
    end = max(found.values()) + 1
    while end < len(lines) and lines[end].strip() and end - start < _MOST_LINES:
        end += 1
    return end - start


def is_rule(line: str) -> bool:
    """Say whether a line is drawn across, and nothing else."""
    line = line.strip()
    return len(line) >= _SHORTEST_RULE and not line.strip(_DASHES)


def announces_original(line: str) -> bool:
    """Say whether a line says "Original Message" or "Ada wrote" between dashes."""
    inner = _between_dashes(line)
    return inner.startswith(ORIGINAL) or inner.endswith(WROTE)


def announces_forwarded(line: str) -> bool:
    """Say whether a line says that what follows was forwarded: the sender wants it to be read."""
    return _between_dashes(line).startswith(FORWARDED)


def _between_dashes(line: str) -> str:
    line = line[:_LONGEST_LINE].strip(" >\xa0")
    is_dashed = line[:2] in _PAIRS and line[-2:] in _PAIRS
    return line.strip(f"{_DASHES} ").lower() if is_dashed else ""


def _fields(lines: Sequence[str], start: int) -> Iterator[tuple[str, int]]:
    """Give the role of each field, and the line on which it stands."""
    others = 0
    for at in range(start, min(start + _MOST_LINES, len(lines))):
        role = _role(lines[at])
        others = 0 if role else others + 1
        if others > _MOST_OTHERS:
            return
        if role:
            yield role, at


def _is_header(roles: set[str], text: str, below_rule: bool) -> bool:  # noqa: FBT001 - as found
    if {"from", "sent", "subject"} <= roles:
        return True
    is_certain = below_rule or ("@" in text and _TIME.search(text) is not None)
    return is_certain and len(roles) > 1 and bool(roles & {"from", "sent"})


def _role(line: str) -> str | None:
    line = line[:_LONGEST_LINE].strip(" *_|>\xa0\t").replace(WIDE_COLON, ":")
    name, colon, _ = line.partition(":")
    name = name.strip(" *_\xa0\t").lower()
    return _ROLE_OF.get(name) if colon and len(name) <= _LONGEST_NAME else None
