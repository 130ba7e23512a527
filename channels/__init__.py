"""The ways in and out; a new one is a folder and a line here."""

from collections.abc import Callable, Sequence
from datetime import datetime

from channels.base import Channel, Observer
from channels.messenger.channel import MessengerApp, MessengerChannel


def build_channels(
    messenger: Sequence[MessengerApp],
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
    return channels
