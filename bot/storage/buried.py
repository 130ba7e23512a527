"""Dead letters that hold a person: raw bytes in which an address or an id stands."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from bot.core.model import ConversationId, Place
from bot.storage.tables import dead_letters

_AT_ONCE = 50
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_BLANKS = "bfnrt"


@dataclass(frozen=True, slots=True)
class Sighting:
    """The dead letters, up to one of them, in which one of these stands."""

    needles: frozenset[str] = frozenset()
    up_to: int = 0
    ids: tuple[int, ...] = ()


NOT_SIGHTED = Sighting()


def sight_letters(
    connection: sa.Connection,
    emails: Collection[str],
    places: Collection[Place],
    earlier: Sighting,
) -> Sighting:
    """Read the letters that came after an earlier look for the same, or else all there are.

    To read many takes long: look once before the transaction that holds others up.
    """
    needles = frozenset(spelling for email in emails for spelling in _spellings(email))
    # references are filed under their kind, which is no part of them
    needles |= {place.external_id.rpartition(":")[2] for place in places}
    if not needles:
        return NOT_SIGHTED
    before = earlier if earlier.needles == needles else Sighting(needles)
    holds, found, up_to = _pattern(needles), list(before.ids), before.up_to
    letters = connection.execute(
        sa.select(dead_letters.c.id, dead_letters.c.raw)
        .where(dead_letters.c.id > up_to)
        .order_by(dead_letters.c.id),
        execution_options={"yield_per": _AT_ONCE},
    )
    for letter in letters:
        up_to = letter.id
        if holds.search(_plain(letter.raw)):
            found.append(letter.id)
    return Sighting(needles, up_to, tuple(found))


def erase_letters(
    connection: sa.Connection, ids: Sequence[int], conversations: Collection[ConversationId]
) -> int:
    """Delete letters, and mails to these conversations; returns how many there were."""
    own = sa.select(dead_letters.c.id).where(dead_letters.c.conversation_id.in_(conversations))
    chosen = sorted({*ids, *connection.execute(own).scalars()})
    count = 0
    for start in range(0, len(chosen), _AT_ONCE):
        some = dead_letters.c.id.in_(chosen[start : start + _AT_ONCE])
        count += connection.execute(sa.delete(dead_letters).where(some)).rowcount
    return count


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
