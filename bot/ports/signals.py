"""Change signals between processes: where to read again after a commit, never what is there.

A hint may be lost, come twice, come late, or be meant for somebody else; SQL is the truth.
"""

import json
import zlib
from collections.abc import Container, Sequence
from enum import StrEnum
from typing import NamedTuple

from bot.core.model import Author, ConversationId, VisitorKey

SIGNALS = "whosthere:hints"
"""The Redis channel that carries them."""


class SignalKind(StrEnum):
    """The kind of a change signal."""

    CHANGED = "changed"
    """The conversation is not as it was: read it again."""
    TYPING = "typing"
    """Somebody is typing; stored nowhere."""
    CAME = "came"
    """The visitor has opened the chat; no conversation is named."""
    LEFT = "left"
    """The visitor has the chat open nowhere any more; the same."""


class ChangeSignal(NamedTuple):
    """A change signal: something has happened in a conversation."""

    room: int
    """Whose conversation it is, as `room_of` numbers it."""
    conversation_id: ConversationId
    seq: int = 0
    """Up to which message there is news; of an agent who is typing, the agent's id."""
    kind: SignalKind = SignalKind.CHANGED
    author: Author | None = None
    """Who is typing…"""
    name: str = ""
    """…and the name that the other side sees: never as it came, but as SQL has it."""


def room_of(place: VisitorKey) -> int:
    """Give a visitor a number, quickly, for every event is hinted at; two may share one."""
    return zlib.crc32(f"{place.channel}/{place.account}/{place.external_id}".encode())


def write_signals(hints: Sequence[ChangeSignal]) -> bytes:
    """Write hints as they go over the wire."""
    return json.dumps(hints).encode()


def read_signals(raw: bytes, rooms: Container[int]) -> list[ChangeSignal]:
    """Read those for the given rooms; what another version of ours has published is none."""
    try:
        return [
            ChangeSignal(
                int(room),
                ConversationId(int(talk)),
                int(seq),
                SignalKind(kind),
                Author(author) if author else None,
                str(name),
            )
            for room, talk, seq, kind, author, name in json.loads(raw)
            if room in rooms
        ]
    except (ValueError, TypeError, OverflowError, RecursionError):
        return []
