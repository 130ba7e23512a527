"""What agents call a visitor: the profile's name, or four characters that stay the same."""

import hashlib

from bot.core.model import Place

_READABLE = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # without I, L, O, U: nobody misreads them
_BITS = 5
_LENGTH = 4


def full_name(first_name: str | None, last_name: str | None) -> str:
    """Join what there is of a name; empty if there is nothing."""
    return " ".join(part for part in (first_name, last_name) if part)


def visitor_name(place: Place, first_name: str | None, last_name: str | None) -> str:
    """Name a visitor by its profile, or say that it is unknown and which one."""
    return full_name(first_name, last_name) or f"Unknown visitor {nickname(place)}"


def nickname(place: Place) -> str:
    """Derive four characters from where a visitor writes; two may share them."""
    text = f"{place.channel}\n{place.account}\n{place.external_id}"
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4])
    return "".join(
        _READABLE[number >> (_BITS * position) & (len(_READABLE) - 1)]
        for position in range(_LENGTH)
    )
