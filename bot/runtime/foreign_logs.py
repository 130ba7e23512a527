"""Libraries' log records, without anything that a visitor or a server has sent."""

import logging
import sys
import warnings
from collections.abc import Iterator
from pathlib import PurePath
from types import CodeType, FrameType
from typing import TextIO

from bot.runtime.sampling import Sampler

_OURS = frozenset({"bot", "channels", "config", "workers", "__main__"})
_UNTOLD = "a library tells of something"
_log = logging.getLogger(__name__)


class SafeHandler(logging.StreamHandler):  # type: ignore[type-arg] # of whatever standard error is
    """Writes our own lines as they are; of a library's, only what stands in its source.

    Strangers may bring those about as often as they like: each place is heard once a minute.
    """

    def __init__(self) -> None:
        """Write to standard error."""
        super().__init__()
        self._sampler = Sampler()

    def handle(self, record: logging.LogRecord) -> bool:
        """Write a record, or what may be told of it, or count it."""
        if is_ours(record.name):
            return super().handle(record)
        kind = type(_error_of(record)).__name__
        count = self._sampler.count((record.name, record.pathname, record.lineno, kind))
        return bool(count) and super().handle(_strip(record, count))


def hush_warnings() -> None:
    """Let Python's warnings be log lines too, without their words."""
    warnings.showwarning = _tell_warning


def is_ours(name: str) -> bool:
    """Tell a logger of this project, which is handed constant phrases only, from a library's."""
    return name.partition(".")[0] in _OURS


def place_of(path: str, line: int) -> str:
    """Name a place in the source, wherever the library is installed."""
    return f"{'/'.join(PurePath(path).parts[-2:])}:{line}"


def _tell_warning(  # noqa: PLR0913, PLR0917 - as the module warnings calls it
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    del message, file, line
    _log.warning(
        "a library warns", extra={"kind": category.__name__, "place": place_of(filename, lineno)}
    )


def _strip(record: logging.LogRecord, count: int) -> logging.LogRecord:
    """Make a new record: other handlers see the old one too."""
    phrase = _phrase(record)
    told = logging.LogRecord(
        record.name, record.levelno, record.pathname, record.lineno, phrase, (), record.exc_info
    )
    told.__dict__.update(place=place_of(record.pathname, record.lineno), count=count)
    return told


def _phrase(record: logging.LogRecord) -> str:
    """Give the message before anything was filled in, if it is a constant where it is logged."""
    code = _code(record)
    constants = code.co_consts if code else ()
    return record.msg if isinstance(record.msg, str) and record.msg in constants else _UNTOLD


def _code(record: logging.LogRecord) -> CodeType | None:
    for frame in _frames(sys._getframe()):  # noqa: SLF001 - the module inspect does it so, too
        if (frame.f_code.co_filename, frame.f_lineno) == (record.pathname, record.lineno):
            return frame.f_code
    return None


def _frames(frame: FrameType | None) -> Iterator[FrameType]:
    while frame:
        yield frame
        frame = frame.f_back


def _error_of(record: logging.LogRecord) -> BaseException | None:
    return record.exc_info[1] if record.exc_info else None
