"""The settings of this system: its own variables, and those of every channel.

The settings carry the kinds of channels that they were read for: whatever is opened by them serves
these and no others.
"""

from collections.abc import Mapping, Sequence
from typing import cast

from pydantic_settings import BaseSettings

from channels import CHANNELS, VARIABLES
from channels.base import ChannelKind
from config.settings import Settings

KINDS: tuple[type[BaseSettings], ...] = (Settings, *VARIABLES)
"""Every class of variables that the environment may set."""


def read_settings(kinds: Sequence[ChannelKind] = CHANNELS) -> Settings:
    """Read the environment. Raises SettingsError with one line for the first bad variable."""
    return Settings.read(kinds)


def given_settings(
    values: Mapping[str, object], kinds: Sequence[ChannelKind] = CHANNELS
) -> Settings:
    """Take values in the place of the environment's, by the names of the variables' fields."""
    return Settings.given(values, kinds)


def kinds_of(settings: Settings) -> tuple[ChannelKind, ...]:
    """List the kinds of channels that the settings were read for."""
    # nothing but the two functions above reads settings
    return cast("tuple[ChannelKind, ...]", settings.channel_kinds)
