"""Delivery states in words."""

from bot.core.model import Assurance, Kind
from bot.desk.progress import Progress, Way
from bot.outbox.handlers.speaking import WINDOW_OVER
from bot.storage.conversations.messages import StoredMessage
from bot.storage.visitors.message_rows import BY_MAIL
from config.channel_facts import ChannelFacts

_STATES = {
    Way.PENDING: "Sending…",
    Way.SENT: "Sent",
    Way.DELIVERED: "Delivered",
    Way.SEEN: "Seen",
}
BY_MAIL_PROVED = "By mail"
BY_MAIL_UNPROVED = "By mail, sender not verified: shown only where the address is proved"


def say_state(message: StoredMessage, way: Progress | None, mail_fate: str | None) -> str:
    """Say how far it has come, where all is well; of an answer by mail, who sees it."""
    if not message.outgoing and message.origin == BY_MAIL:
        is_proved = message.assurance is Assurance.VERIFIED
        return BY_MAIL_PROVED if is_proved else BY_MAIL_UNPROVED
    if way is None or message.kind is Kind.NOTE:
        return ""
    state = _STATES.get(way.state, "")
    if way.state is Way.PENDING and way.error:
        state = f"Waits: {way.error.rstrip('.')}"
    return f"{state} · {mail_fate}" if mail_fate else state


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
