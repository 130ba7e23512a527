"""The ways in and out; a new one is a folder and a line here."""

from channels.base import ChannelKind
from channels.messenger.kind import MessengerKind
from channels.webchat.kind import WebChatKind
from config.variables.channel import ChannelVariables

CHANNELS: tuple[ChannelKind, ...] = (
    MessengerKind(),
    WebChatKind(),
)
VARIABLES: tuple[type[ChannelVariables], ...] = tuple(kind.variables for kind in CHANNELS)
"""What may be set for each channel, in the order of docs/configuration.md."""
