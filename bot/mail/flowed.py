"""Joins the lines of a text that were broken only to be short (RFC 3676, format=flowed)."""

from collections.abc import Iterator

_SIGNATURE = "-- "


def unflowed(text: str, *, deletes_blank: bool = False) -> str:
    """Give each paragraph as one line; what is marked as a quote stays marked."""
    return "\n".join(_paragraphs(text.replace("\r\n", "\n"), deletes_blank=deletes_blank))


def _paragraphs(text: str, *, deletes_blank: bool) -> Iterator[str]:
    pieces: list[str] = []
    depth = 0
    for line in text.split("\n"):
        words = line.lstrip(">")
        level = len(line) - len(words)
        words = words.removeprefix(" ")
        if pieces and (level != depth or words == _SIGNATURE):
            yield _marked(pieces, depth)
        depth = level
        if words.endswith(" ") and words != _SIGNATURE:
            pieces.append(words[:-1] if deletes_blank else words)
            continue
        pieces.append(words)
        yield _marked(pieces, depth)
    if pieces:
        yield _marked(pieces, depth)


def _marked(pieces: list[str], depth: int) -> str:
    line = "".join(pieces)
    pieces.clear()
    return f"{'>' * depth} {line}" if depth else line
