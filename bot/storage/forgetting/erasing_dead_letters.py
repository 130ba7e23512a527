"""Dead letters that hold a person: raw bytes in which an address or an id stands."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from bot.core.model import VisitorKey
from bot.storage.tables import dead_letters

LETTERS = 50
"""So many letters are read at once at the most."""
BYTES = 1 << 19
"""So many bytes, unless a single letter is longer."""
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_BLANKS = "bfnrt"
_Fields = dead_letters.c


@dataclass(frozen=True, slots=True)
class LetterSighting:
    """The dead letters, up to one of them, in which a person was looked for, and is."""

    last: int
    ids: tuple[int, ...] = ()


def needles_of(emails: Collection[str], places: Collection[VisitorKey]) -> set[str]:
    """Say by which words a letter is told to hold a person."""
    needles = {spelling for email in emails for spelling in _spellings(email)}
    # references are filed under their kind, which is no part of them
    return needles | {place.external_id.rpartition(":")[2] for place in places}


def sight_letters(
    connection: sa.Connection, needles: Collection[str], after: int
) -> LetterSighting:
    """Read the next letters, a bounded amount of them; the same `last`: there are no more."""
    ids = _choose(connection, after)
    if not ids:
        return LetterSighting(after)
    holds = _pattern(needles)
    query = sa.select(_Fields.id, _Fields.raw).where(_Fields.id.in_(ids))
    found = [row.id for row in connection.execute(query) if _is_held(holds, row.raw)]
    return LetterSighting(ids[-1], tuple(found))


def find_own_letters(
    connection: sa.Connection, conversations: Collection[int], limit: int
) -> list[tuple[int]]:
    """Find mails that were addressed to these conversations."""
    query = sa.select(_Fields.id).where(_Fields.conversation_id.in_(conversations))
    return [(row.id,) for row in connection.execute(query.limit(limit))]


def erase_letters(connection: sa.Connection, ids: Sequence[int]) -> int:
    """Delete letters; returns how many there were."""
    if not ids:
        return 0
    return connection.execute(sa.delete(dead_letters).where(_Fields.id.in_(ids))).rowcount


def _choose(connection: sa.Connection, after: int) -> list[int]:
    size = sa.func.length(_Fields.raw).label("size")
    query = sa.select(_Fields.id, size).where(_Fields.id > after)
    chosen, room = list[int](), BYTES
    for row in connection.execute(query.order_by(_Fields.id).limit(LETTERS)):
        room -= row.size
        if chosen and room < 0:
            break
        chosen.append(row.id)
    return chosen


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


def _is_held(holds: re.Pattern[str], raw: bytes) -> bool:
    """Look into bytes of any kind as text, as they are and with the escapes of JSON undone."""
    text = bytes(raw).decode(errors="replace")
    if holds.search(text):
        return True
    return "\\" in text and bool(holds.search(_ESCAPE.sub(_unescape, text)))


def _unescape(match: re.Match[str]) -> str:
    code, letter = match.groups()
    if code:
        return chr(int(code, 16))
    return " " if letter in _BLANKS else letter
