"""Takes a mail apart into its parts, in time that grows with its length alone."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.mail.headers import Head, split_head

_MOST_PARTS = 200
_MOST_LEVELS = 12
_MOST_DIVIDERS = 2_000  # or what might be some
_MOST_OF_A_FIELD = 1_000
_KIND = re.compile(r"\s*([a-z]+/[a-z0-9.+_-]+)", re.IGNORECASE)
_PARAMETER = re.compile(r";\s*([^\s=;\"]{1,40})\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^\s;]*))")
_ESCAPED = re.compile(r"\\(.)")


class TooManyPartsError(Exception):
    """A mail has more parts than any that a person writes."""


@dataclass(frozen=True, slots=True)
class Part:
    """A mail or a part of it: either there are parts in it, or it has a content."""

    head: Head
    kind: str
    """Such as `text/plain`, in lower case."""
    parameters: Mapping[str, str]
    """What its type says besides, such as the charset."""
    content: bytes = field(repr=False)
    """As it came, encoded."""
    parts: tuple["Part", ...] = ()

    @property
    def disposition(self) -> str:
        """Say how the sender wants it to be shown, such as `attachment; filename=…`."""
        return self.head.first("content-disposition").lower()

    @property
    def is_attached(self) -> bool:
        """Say whether the sender wants it to be kept as a file."""
        return self.disposition.startswith("attachment") or "name" in self.disposition

    def walk(self) -> Iterator["Part"]:
        """Give it, and all the parts in it."""
        yield self
        for part in self.parts:
            yield from part.walk()


def take_apart(raw: bytes) -> Part:
    """Find the parts of a mail; raises TooManyPartsError."""
    if raw.count(b"\n--") > _MOST_DIVIDERS:
        raise TooManyPartsError
    return _Scissors(raw).cut(0, len(raw), 0)


@dataclass(slots=True)
class _Scissors:
    raw: bytes
    _parts: int = 0

    def cut(self, start: int, end: int, level: int) -> Part:
        self._parts += 1
        if self._parts > _MOST_PARTS or level > _MOST_LEVELS:
            raise TooManyPartsError
        head = split_head(self.raw, start, end)
        kind, parameters = _read_type(head.first("content-type"))
        if kind.startswith("multipart/"):
            boundary = parameters.get("boundary", "").encode(errors="surrogateescape")
            pieces = list(self._pieces(head.end, end, boundary)) if boundary else []
            if pieces:
                parts = tuple(self.cut(*piece, level + 1) for piece in pieces)
                return Part(head, kind, parameters, b"", parts)
            kind = "text/plain"  # that is how people would read it
        return Part(head, kind, parameters, self.raw[head.end : end])

    def _pieces(self, start: int, end: int, boundary: bytes) -> Iterator[tuple[int, int]]:
        """Say from where to where the parts go that a boundary divides."""
        begun = None
        for above, below, is_last in self._dividers(start, end, boundary):
            if begun is not None:
                yield begun, max(begun, above)
            if is_last:
                return
            begun = below
        if begun is not None:
            yield begun, end

    def _dividers(self, start: int, end: int, boundary: bytes) -> Iterator[tuple[int, int, bool]]:
        line = b"\n--" + boundary
        at = self.raw.find(line, start - 1, end)
        while at >= 0:
            newline = self.raw.find(b"\n", at + len(line), end)
            below = newline + 1 if newline >= 0 else end
            rest = self.raw[at + len(line) : below]
            is_last = rest.startswith(b"--")
            if not rest.removeprefix(b"--").strip():
                yield at - (self.raw[at - 1 : at] == b"\r"), below, is_last
            at = self.raw.find(line, below - 1, end)


def _read_type(value: str) -> tuple[str, dict[str, str]]:
    value = value[:_MOST_OF_A_FIELD]
    kind = _KIND.match(value)
    if kind is None:
        return "text/plain", {}
    found = _PARAMETER.finditer(value, kind.end())
    parameters = {each[1].lower(): _ESCAPED.sub(r"\1", each[2] or each[3] or "") for each in found}
    return kind[1].lower(), parameters
