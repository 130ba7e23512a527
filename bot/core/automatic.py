"""Tells a page's automatic replies, which answer nobody, from what its people write elsewhere."""

from datetime import timedelta
from typing import Final

from bot.core.arrivals import EchoSeen
from bot.core.model import Conversation

_AT_ONCE: Final = timedelta(seconds=3)
"""No person answers a conversation's first message so soon."""


def is_automatic(conversation: Conversation | None, echo: EchoSeen) -> bool:
    """Say whether a program of the page wrote; the channel has the first word."""
    if echo.automatic is not None:
        return echo.automatic
    return conversation is not None and _follows_first(conversation, echo)


def _follows_first(conversation: Conversation, echo: EchoSeen) -> bool:
    since = conversation.waiting_since
    if conversation.agent_wrote_at is not None or since is None:
        return False
    return since <= echo.at <= since + _AT_ONCE
