"""The ways in and out; a new one is a folder and a line here."""

from collections.abc import Callable, Sequence
from datetime import datetime

from channels.base import Channel, Observer
from channels.messenger.channel import MessengerApp, MessengerChannel
from channels.messenger.variables import MessengerVariables
from channels.webchat.channel import WebChatChannel
from channels.webchat.settings import WebChatParts
from channels.webchat.variables import WebChatVariables
from config.variables.channel import ChannelVariables

VARIABLES: tuple[type[ChannelVariables], ...] = (MessengerVariables, WebChatVariables)
"""What may be set for each channel, in the order of docs/configuration.md."""


def build_channels(
    messenger: Sequence[MessengerApp],
    webchat: WebChatParts | None = None,
    *,
    verify_token: str | None,
    clock: Callable[[], datetime],
    observer: Observer,
) -> list[Channel]:
    """Open the channels that are configured."""
    channels: list[Channel] = []
    if messenger:
        channels.append(
            MessengerChannel(messenger, verify_token=verify_token, clock=clock, observer=observer)
        )
    if webchat:
        channels.append(WebChatChannel(webchat))
    return channels
