"""Items of a timeline: days, bubbles, and lines about events."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Day:
    """A line where another day begins."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class ShownEvent:
    """A line about something that is no message."""

    key: str
    icon: str
    words: str
    time: str = ""
    why: str = ""
    """The core's own reason."""
    said: str = ""
    """What the bot said on the occasion."""
    page: str = ""
    """The name of a page of the site that it is about…"""
    address: str = ""
    """…and where that is."""
    original: int = 0
    """The number of the note whose mail is kept; 0: none is."""
    conversation: int = 0
    """Where it happened, if not in the conversation that is open."""


@dataclass(frozen=True, slots=True)
class ShownPiece:
    """Something that came along; what it links to is none of the agent's browser's business."""

    type: str
    name: str
    title: str
    href: str = ""
    """Where our own copy is, if there is one…"""
    is_picture: bool = False
    lack: str = ""
    """…or why there is none."""


@dataclass(frozen=True, slots=True)
class ShownQuote:
    """The message that another one replies to, above it."""

    key: str
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class Bubble:
    """A message; the last of a group says whose the group is, and when."""

    seq: int
    side: str
    """`in`, `out`, or `note`."""
    author: str
    text: str
    pieces: tuple[ShownPiece, ...]
    at: datetime
    time: str
    deleted: bool = False
    edited: bool = False
    reaction: str = ""
    """The visitor's emoji on it."""
    quote: ShownQuote | None = None
    state: str = ""
    """How far the last of the group has come."""
    trouble: str = ""
    """Why it has not arrived, in words."""
    may_retry: bool = False
    has_original: bool = False
    """The mail that it came by is kept…"""
    may_be_taken: bool = False
    """…and can be made the visitor's answer."""
    is_first: bool = True
    is_last: bool = True
    conversation: int = 0
    """Where it was written, if not in the conversation that is open…"""
    channel: str = ""
    """…and the title of the channel there."""

    @property
    def key(self) -> str:
        """Its id on the page."""
        return f"c{self.conversation}-m{self.seq}" if self.conversation else f"m{self.seq}"


Item: TypeAlias = Day | ShownEvent | Bubble
