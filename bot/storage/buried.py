"""Dead letters that hold a person: raw bytes in which an address or an id stands."""

import re
from collections.abc import Collection

import sqlalchemy as sa

from bot.core.model import Place
from bot.storage.tables import dead_letters

_AT_ONCE = 50
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_BLANKS = "bfnrt"


def erase_dead_letters(
    connection: sa.Connection, emails: Collection[str], places: Collection[Place]
) -> int:
    """Delete the letters in which one of these stands; returns how many there were."""
    needles = {spelling for email in emails for spelling in _spellings(email)}
    # references are filed under their kind, which is no part of them
    needles |= {place.external_id.rpartition(":")[2] for place in places}
    if not needles:
        return 0
    holds = _pattern(needles)
    letters = connection.execute(
        sa.select(dead_letters.c.id, dead_letters.c.raw).order_by(dead_letters.c.id),
        execution_options={"yield_per": _AT_ONCE},
    )
    found = [letter.id for letter in letters if holds.search(_plain(letter.raw))]
    for start in range(0, len(found), _AT_ONCE):
        chosen = dead_letters.c.id.in_(found[start : start + _AT_ONCE])
        connection.execute(sa.delete(dead_letters).where(chosen))
    return len(found)


def _pattern(needles: Collection[str]) -> re.Pattern[str]:
    either = "|".join(re.escape(needle) for needle in sorted(needles))
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)


def _spellings(email: str) -> set[str]:
    """Give an address as it is stored, and as one writes it whose domain is not ASCII."""
    local, _, domain = email.partition("@")
    try:
        return {email, f"{local}@{domain.encode().decode('idna')}"}
    except UnicodeError:
        return {email}


def _plain(raw: bytes) -> str:
    """Read bytes of any kind as text, with the escapes of JSON undone."""
    return _ESCAPE.sub(_unescape, bytes(raw).decode(errors="replace"))


def _unescape(match: re.Match[str]) -> str:
    code, letter = match.groups()
    if code:
        return chr(int(code, 16))
    return " " if letter in _BLANKS else letter
