"""Decides which uploaded files are taken, and what each of them is."""

import re

from bot.core.file_names import clean_name, ending_of, with_ending
from bot.core.files import FileKind, FileRefusal, FileRefusedError, GivenFile, JudgedFile
from bot.edge.file_kinds import ENDINGS, HEAD, content_type_of

_TAIL = 22 + 65_535  # where an archive's directory ends, with its comment
_DIRECTORY_END = b"PK\x05\x06"
_FIRST = 1_024
_FOREIGN = re.compile(rb"<(!doctype|html|script|svg|iframe|\?php)|%PDF-", re.IGNORECASE)
_ARCHIVES = frozenset(
    {
        "application/zip",
        "application/vnd.openxmlformats",
        "application/vnd.oasis.opendocument",
    }
)


def judge(given: GivenFile) -> JudgedFile:
    """Say what a file is, by its bytes; raises FileRefusedError."""
    if not given.size:
        raise FileRefusedError(FileRefusal.EMPTY)
    head = _read(given, 0, HEAD)
    name, found = clean_name(given.name), content_type_of(head)
    if found not in ENDINGS:
        raise FileRefusedError(_refusal_of(name))
    _check_words(found, name, given.declared)
    if _FOREIGN.search(_rest(found, head)) or _ends_as_archive(given, found):
        raise FileRefusedError(FileRefusal.TWO_IN_ONE)
    ending = ending_of(name) if ending_of(name) in ENDINGS[found] else ENDINGS[found][0]
    return JudgedFile(_kind_of(found), found, with_ending(name, ending))


def _refusal_of(name: str) -> FileRefusal:
    """Say of a file that is not taken whether it hides behind the name of one that is."""
    claimed = any(ending_of(name) in endings for endings in ENDINGS.values())
    return FileRefusal.LIES if claimed else FileRefusal.NOT_ALLOWED


def _check_words(found: str, name: str, declared: str) -> None:
    """Compare what the bytes say with the name and the declared type."""
    ending, family = ending_of(name), _family(found)
    if ending and not _may_end_so(found, ending):
        known = any(ending in endings for endings in ENDINGS.values())
        raise FileRefusedError(FileRefusal.LIES if known else FileRefusal.NOT_ALLOWED)
    if _family(declared) == "image" and family != "image":
        raise FileRefusedError(FileRefusal.LIES)


def _may_end_so(found: str, ending: str) -> bool:
    """Say whether a type may have an ending; pictures are often called like other pictures."""
    if _family(found) == "application":
        return ending in ENDINGS[found]
    alike = (endings for kind, endings in ENDINGS.items() if _family(kind) == _family(found))
    return any(ending in endings for endings in alike)


def _family(content_type: str) -> str:
    family = content_type.partition("/")[0].lower()
    return "audio" if family == "video" else family


def _kind_of(content_type: str) -> FileKind:
    family = content_type.partition("/")[0]
    return FileKind(family) if family in {"image", "audio", "video"} else FileKind.FILE


def _rest(found: str, head: bytes) -> bytes:
    """Give the first bytes behind those that told the type; a text may speak of anything."""
    return b"" if found == "text/plain" else head[5:_FIRST]


def _ends_as_archive(given: GivenFile, found: str) -> bool:
    """Say whether a file that begins as something else ends as a whole archive."""
    if found in _ARCHIVES:
        return False
    tail = _read(given, max(0, given.size - _TAIL), _TAIL)
    at = tail.rfind(_DIRECTORY_END)
    if at < 0 or at + 22 > len(tail):
        return False
    return at + 22 + int.from_bytes(tail[at + 20 : at + 22], "little") == len(tail)


def _read(given: GivenFile, start: int, length: int) -> bytes:
    given.body.seek(start)
    return given.body.read(length)
