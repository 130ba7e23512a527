"""Splits the header of a mail, or of a part, from what follows, in one pass over capped bytes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MOST_HEADER_BYTES = 128 * 1024
_MOST_FIELDS = 1_000
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_NAME = re.compile(rb"[!-9;-~]+")


@dataclass(frozen=True, slots=True)
class Head:
    """A header's fields in order, names in lower case, lines joined; nothing in them is decoded."""

    fields: tuple[tuple[str, str], ...]
    end: int
    """Where the body begins."""

    def all(self, *names: str) -> Iterator[str]:
        """Give the values of all fields of these names."""
        return (value for name, value in self.fields if name in names)

    def first(self, name: str) -> str:
        """Give the value of the first field of this name; nothing, where there is none."""
        return next(self.all(name), "")


def split_head(raw: bytes, start: int = 0, end: int | None = None) -> Head:
    """Read the header that begins at `start`; a line that is no field ends it, or a blank one."""
    end = len(raw) if end is None else end
    lines: list[tuple[bytes, list[bytes]]] = []
    at = start
    for found in _LINE.finditer(raw, start, min(end, start + MOST_HEADER_BYTES)):
        line = found[0].rstrip(b"\r\n")
        name, colon, value = line.partition(b":")
        if line[:1] in {b" ", b"\t"} and lines:
            lines[-1][1].append(line)
        elif colon and len(lines) < _MOST_FIELDS and _NAME.fullmatch(name):
            lines.append((name, [value]))
        elif not (line.startswith(b"From ") and at == start):  # as mailboxes in files begin
            return Head(_fields(lines), found.end() if not line else at)
        at = found.end()
    return Head(_fields(lines), at)


def _fields(lines: list[tuple[bytes, list[bytes]]]) -> tuple[tuple[str, str], ...]:
    return tuple((_text(name).lower(), _text(b"".join(value)).strip()) for name, value in lines)


def _text(raw: bytes) -> str:
    return raw.decode(errors="surrogateescape")
