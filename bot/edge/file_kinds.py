"""File types judged by their first bytes, never by their names or headers."""

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

OTHER = "application/octet-stream"
SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""What a page may show by itself: pictures that hold no script."""
HEAD = 4_096
"""So many of a file's first bytes tell what it is."""

_Test = Callable[[bytes], bool]
_HEIC = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"})
_M4A = frozenset({b"M4A ", b"M4B "})
_QUICKTIME = frozenset({b"qt  "})
_ODF = re.compile(rb"mimetypeapplication/vnd\.oasis\.opendocument\.(text|spreadsheet|presentation)")
_NOT_IN_TEXTS = frozenset(range(ord(" "))) - frozenset(b"\t\n\r\f")
_MARKUP = re.compile(rb"\s*<(!doctype|html|head|body|script|svg|iframe|\?xml|\?php)", re.IGNORECASE)
_BYTE_ORDER = b"\xef\xbb\xbf"


def _begins(*starts: bytes) -> _Test:
    return lambda head: head.startswith(starts)


def _is_riff(kind: bytes) -> _Test:
    return lambda head: head[:4] == b"RIFF" and head[8:12] == kind


def _is_boxed(*brands: frozenset[bytes]) -> _Test:
    return lambda head: head[4:8] == b"ftyp" and any(head[8:12] in each for each in brands)


def _is_zip_with(*names: bytes) -> _Test:
    return lambda head: head.startswith(b"PK\x03\x04") and all(name in head for name in names)


def _is_odf(head: bytes) -> bool:
    return head.startswith(b"PK\x03\x04") and _ODF.search(head[:200]) is not None


def _is_text(head: bytes) -> bool:
    if not head or not _NOT_IN_TEXTS.isdisjoint(head):
        return False
    try:
        head[: HEAD - 4].decode()  # the last letter may be cut
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 4
    return True


def _is_markup(head: bytes) -> bool:
    # a page, or a picture with script: no text, whatever it is called
    return _MARKUP.match(head.removeprefix(_BYTE_ORDER)) is not None


_TESTS: Sequence[tuple[str, _Test]] = (
    ("image/png", _begins(b"\x89PNG\r\n\x1a\n")),
    ("image/jpeg", _begins(b"\xff\xd8\xff")),
    ("image/gif", _begins(b"GIF87a", b"GIF89a")),
    ("image/webp", _is_riff(b"WEBP")),
    ("image/heic", _is_boxed(_HEIC)),
    ("application/pdf", _begins(b"%PDF-")),
    ("audio/mpeg", _begins(b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")),
    ("audio/ogg", _begins(b"OggS")),
    ("audio/wav", _is_riff(b"WAVE")),
    ("audio/mp4", _is_boxed(_M4A)),
    ("video/quicktime", _is_boxed(_QUICKTIME)),
    ("video/mp4", lambda head: head[4:8] == b"ftyp"),
    ("video/webm", lambda head: head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head[:64]),
    ("application/vnd.oasis.opendocument", _is_odf),
    ("application/vnd.openxmlformats", _is_zip_with(b"[Content_Types].xml")),
    ("application/zip", _begins(b"PK\x03\x04", b"PK\x05\x06")),
    ("application/x-ole-storage", _begins(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")),
    (OTHER, _is_markup),
    ("text/plain", _is_text),
)

ENDINGS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "image/png": ("png",),
        "image/jpeg": ("jpg", "jpeg", "jfif", "jpe"),
        "image/gif": ("gif",),
        "image/webp": ("webp",),
        "image/heic": ("heic", "heif", "hif"),
        "application/pdf": ("pdf",),
        "audio/mpeg": ("mp3",),
        "audio/ogg": ("ogg", "oga", "opus"),
        "audio/mp4": ("m4a",),
        "video/mp4": ("mp4", "m4v"),
        "video/webm": ("webm", "weba"),
        "application/vnd.oasis.opendocument": ("odt", "ods", "odp"),
        "application/vnd.openxmlformats": ("docx", "xlsx", "pptx"),
        "application/zip": ("zip", "docx", "xlsx", "pptx"),
        "application/x-ole-storage": ("doc", "xls", "ppt"),
        "text/plain": ("txt", "csv", "log", "md", "text"),
    }
)
"""What a file that is taken may be called, by its type; the first one is the usual one."""


def content_type_of(body: bytes) -> str:
    """Name the type of a file by its first bytes."""
    head = body[:HEAD]
    return next((name for name, test in _TESTS if test(head)), OTHER)
