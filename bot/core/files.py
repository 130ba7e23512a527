"""Files that are kept with messages."""

from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

from bot.core.model import VisitorKey

MOST_FILES = 5
"""So many files one message may have."""


class FileKind(StrEnum):
    """How a file is shown."""

    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file as its readers know it. The id alone gives nobody a right to it."""

    id: str
    kind: FileKind
    name: str
    content_type: str
    size: int
    width: int | None = None
    height: int | None = None


class FileRefusal(StrEnum):
    """Why a file is not taken, worded for who sends it."""

    EMPTY = "The file is empty."
    TOO_LARGE = "The file is too large."
    NOT_ALLOWED = (
        "Files of this type are not taken. Pictures, PDF, text, CSV, Office documents, ZIP, MP3, "
        "M4A, OGG, MP4 and WebM are."
    )
    LIES = "The file is not what its name says."
    TWO_IN_ONE = "The file holds a second one of another type."
    UNREADABLE = "The picture can't be read."
    TOO_MANY_PIXELS = "The picture has too many pixels or frames."

    @property
    def code(self) -> str:
        """The refusal's name for programs."""
        return f"file_{self.name.lower()}"


class FileRefusedError(Exception):
    """The file is not taken; send another one."""

    def __init__(self, why: FileRefusal) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file as it came, with the words of its sender."""

    body: BinaryIO
    """To be read from any place."""
    size: int
    name: str
    declared: str = ""
    """The type that the sender says it has."""


@dataclass(frozen=True, slots=True)
class JudgedFile:
    """A file that may be taken."""

    kind: FileKind
    content_type: str
    name: str


def visitor_owner(browser: VisitorKey) -> str:
    """Name a visitor's browser as the owner of what it uploads."""
    return "/".join(browser)


def agent_owner(email: str) -> str:
    """Name an agent, or a program, as the owner of what it uploads."""
    return f"agent/{email.lower()}"
