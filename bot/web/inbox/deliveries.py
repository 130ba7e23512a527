"""How far what the team has written has come, in words."""

from typing import assert_never

from bot.core.model import Kind
from bot.desk.progress import Progress, Way
from bot.outbox.handlers.speaking import WINDOW_OVER
from bot.storage.messages import StoredMessage
from config.channel_facts import ChannelFacts


def say_state(message: StoredMessage, way: Progress | None) -> str:
    """Say how far it has come, where all is well."""
    if way is None or message.kind is Kind.NOTE:
        return ""
    match way.state:
        case Way.PENDING:
            return "Sending…"
        case Way.SENT:
            return "Sent"
        case Way.DELIVERED:
            return "Delivered"
        case Way.SEEN:
            return "Seen"
        case Way.FAILED | Way.UNCERTAIN:
            return ""
        case _:
            assert_never(way.state)


def say_trouble(way: Progress | None, channel: ChannelFacts) -> str:
    """Say why it has not arrived, or may not have."""
    match way:
        case Progress(state=Way.FAILED, error=str() as error) if error == WINDOW_OVER:
            return f"Not delivered: outside {channel.title}'s {channel.window}"
        case Progress(state=Way.FAILED, error=error):
            return f"Not delivered: {error}" if error else "Not delivered"
        case Progress(state=Way.UNCERTAIN, error=error):
            return f"Delivery uncertain. {error or ''}".strip()
        case _:
            return ""
