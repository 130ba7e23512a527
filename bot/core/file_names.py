"""Names of files: as their senders wrote them, without what could deceive a reader or a disk."""

import re
import unicodedata

_LONGEST = 100
_ENDING = re.compile(r"\.([a-z][a-z0-9]{0,9}|7z)$", re.IGNORECASE)
_UNWANTED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_NOT_ON_DISKS = re.compile(r'[<>:"|?*]')


def clean_name(name: str) -> str:
    """Write a name in one line: no folders, no control or direction marks, at most 100 letters."""
    base = re.split(r"[/\\]", name)[-1]
    shown = "".join(
        letter
        for letter in unicodedata.normalize("NFC", base)
        if unicodedata.category(letter) not in _UNWANTED
    )
    plain = _NOT_ON_DISKS.sub("_", " ".join(shown.split())).strip(". ")
    ending = ending_of(plain)
    tail = f".{ending}" if ending else ""
    stem = plain[: len(plain) - len(tail)] if tail else plain
    return stem[: _LONGEST - len(tail)].rstrip(". ") + plain[len(plain) - len(tail) :]


def ending_of(name: str) -> str:
    """Say what a name ends with, in small letters; empty: nothing that looks like an ending."""
    found = _ENDING.search(name)
    return found[1].lower() if found else ""


def with_ending(name: str, ending: str) -> str:
    """Give a name another ending."""
    known = ending_of(name)
    stem = name[: -len(known) - 1] if known else name
    return f"{stem or 'file'}.{ending}"
