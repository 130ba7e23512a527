"""File types judged by their first bytes, never by their names or headers."""

from collections.abc import Callable, Sequence

OTHER = "application/octet-stream"
SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""What a page may show by itself: pictures that hold no script."""

_Test = Callable[[bytes], bool]


def _begins(*starts: bytes) -> _Test:
    return lambda head: head.startswith(starts)


def _is_riff(kind: bytes) -> _Test:
    return lambda head: head[:4] == b"RIFF" and head[8:12] == kind


_TESTS: Sequence[tuple[str, _Test]] = (
    ("image/png", _begins(b"\x89PNG\r\n\x1a\n")),
    ("image/jpeg", _begins(b"\xff\xd8\xff")),
    ("image/gif", _begins(b"GIF87a", b"GIF89a")),
    ("image/webp", _is_riff(b"WEBP")),
    ("application/pdf", _begins(b"%PDF-")),
    ("audio/mpeg", _begins(b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")),
    ("audio/ogg", _begins(b"OggS")),
    ("audio/wav", _is_riff(b"WAVE")),
    ("video/mp4", lambda head: head[4:8] == b"ftyp"),
)


def content_type_of(body: bytes) -> str:
    """Name the kind of a file."""
    head = body[:16]
    return next((name for name, test in _TESTS if test(head)), OTHER)
