"""Tells a page's automatic replies, which answer nobody, from what its people write elsewhere."""

import unicodedata
from datetime import timedelta
from typing import Final

from bot.core.arrivals import EchoSeen
from bot.core.model import Conversation

REPEATED_WITHIN: Final = timedelta(days=30)
_MANY: Final = 3
"""In so many other conversations people hardly say the same at once."""
_AT_ONCE: Final = timedelta(seconds=3)
"""No person answers a conversation's first message so soon."""
_SOON: Final = timedelta(seconds=60)


def normalise(text: str) -> str:
    """Fold what does not make another text: case, width and blanks."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def is_automatic(conversation: Conversation | None, echo: EchoSeen, elsewhere: int = 0) -> bool:
    """Say whether a program of the page wrote; the channel has the first word.

    `elsewhere` counts the other conversations in which the page has soon said the same of late.
    """
    if echo.automatic is not None:
        return echo.automatic
    if conversation is None:
        return False
    repeats = elsewhere >= _MANY and comes_soon(conversation, echo)
    return repeats or _follows_first(conversation, echo)


def comes_soon(conversation: Conversation, echo: EchoSeen) -> bool:
    """Say whether an echo followed the visitor's last sign of life as soon as programs do."""
    seen_at = conversation.visitor_seen_at
    return seen_at is not None and seen_at <= echo.at <= seen_at + _SOON


def _follows_first(conversation: Conversation, echo: EchoSeen) -> bool:
    since = conversation.waiting_since
    if conversation.agent_wrote_at is not None or since is None:
        return False
    return since <= echo.at <= since + _AT_ONCE
