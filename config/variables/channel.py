"""The base class of channels' variables."""

from abc import abstractmethod
from typing import ClassVar, Protocol

from pydantic_settings import BaseSettings, SettingsConfigDict

from config.channel_facts import ChannelFacts
from config.halves import Half
from config.rules import ChannelRules

READING = SettingsConfigDict(
    env_file=".env",
    env_ignore_empty=True,
    extra="ignore",
    frozen=True,
    hide_input_in_errors=True,
    validate_default=False,
)
"""How every class of variables reads the environment; `.env` in the working folder counts too."""


class ChannelVariables(BaseSettings):
    """The variables of one channel; its own class adds them as fields."""

    model_config = READING
    facts: ClassVar[ChannelFacts]
    """What people read of the channel."""
    is_asked_by_default: ClassVar[bool] = True
    """Whether unknown visitors are asked where `CAPTURE_CHANNELS` is not set."""
    halves: ClassVar[tuple[Half, ...]] = ()
    """Which of the variables stop the start without others."""

    @property
    def is_connected(self) -> bool:
        """Whether the channel is connected to a foreign service."""
        return False

    @abstractmethod
    def rules(self) -> ChannelRules:
        """Say what the channel demands of a bot that speaks through it."""


class HasVariables(Protocol):
    """A kind of channel, as far as the settings know it."""

    @property
    def variables(self) -> type[ChannelVariables]:
        """The channel's variables."""
        ...
