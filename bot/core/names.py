"""Names of visitors for agents: the profile's name, or four constant characters."""

import hashlib
import unicodedata

from bot.core.model import VisitorKey

_READABLE = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # without I, L, O, U: nobody misreads them
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters and signs that show nothing
_BITS = 5
_LENGTH = 4


def full_name(first_name: str | None, last_name: str | None) -> str:
    """Join what there is of a name; empty if nothing of it can be seen."""
    return " ".join(part for part in (first_name, last_name) if part and is_seen(part))


def is_seen(text: str) -> bool:
    """Say whether anything but blanks, hidden signs and marks on no letter stands in a text."""
    return any(
        letter not in _BLANK and unicodedata.category(letter)[0] not in "CMZ" for letter in text
    )


def visitor_name(place: VisitorKey, first_name: str | None, last_name: str | None) -> str:
    """Name a visitor by its profile, or say that it is unknown and which one."""
    return full_name(first_name, last_name) or unknown_name(place)


def unknown_name(place: VisitorKey) -> str:
    """Name a visitor of whom no name is known."""
    return f"Unknown visitor {nickname(place)}"


def nickname(place: VisitorKey) -> str:
    """Derive four characters from where a visitor writes; two may share them."""
    text = f"{place.channel}\n{place.account}\n{place.external_id}"
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4])
    return "".join(
        _READABLE[number >> (_BITS * position) & (len(_READABLE) - 1)]
        for position in range(_LENGTH)
    )
