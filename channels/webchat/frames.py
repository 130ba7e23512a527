"""Frames that a visitor's socket sends."""

import json
from dataclasses import dataclass
from typing import TypeAlias

from bot.edge.numbers import LAST_SEQ
from channels.webchat.zones import read_zone

_FOR_AGENTS = frozenset(
    {"assign", "note", "reply", "status", "typing_as_agent", "close", "message"}
)


@dataclass(frozen=True, slots=True)
class Hello:
    """The first frame: who it is, and from where on."""

    ticket: str
    after_seq: int | None
    zone: str | None
    """The browser's time zone, an IANA name."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Everything again from here on; None: what was given is no number of a message."""

    after_seq: int | None


@dataclass(frozen=True, slots=True)
class Typing:
    """The visitor is typing."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The visitor has read up to here."""

    seq: int


@dataclass(frozen=True, slots=True)
class Bad:
    """An unknown frame."""

    code: str


Frame: TypeAlias = Hello | Resume | Typing | Seen | Bad
_BAD = Bad("bad_frame")


def read_frame(text: str) -> Frame:
    """Read a frame; whatever else stands in it counts for nothing."""
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        return _BAD
    kind = fields.get("type") if isinstance(fields, dict) else None
    if isinstance(kind, str) and kind in _FOR_AGENTS:
        return Bad("forbidden")
    return _read_known(kind, fields) or _BAD


def _read_known(kind: object, fields: dict[str, object]) -> Frame | None:
    match kind:
        case "hello":
            zone = read_zone(_text(fields.get("zone")))
            return Hello(_text(fields.get("ticket")), _seq(fields.get("after_seq")), zone)
        case "resume":
            return Resume(_seq(fields.get("after_seq")))
        case "typing":
            return Typing()
        case "seen" if seq := _seq(fields.get("seq")):
            return Seen(seq)
        case _:
            return None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _seq(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= LAST_SEQ else None
