"""Files that are kept with messages."""

from dataclasses import dataclass
from enum import StrEnum

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


def visitor_owner(browser: VisitorKey) -> str:
    """Name a visitor's browser as the owner of what it uploads."""
    return "/".join(browser)


def agent_owner(email: str) -> str:
    """Name an agent, or a program, as the owner of what it uploads."""
    return f"agent/{email.lower()}"
