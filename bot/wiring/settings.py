"""The settings of this system: its own variables, and those of every channel."""

from collections.abc import Mapping

from pydantic_settings import BaseSettings

from channels import VARIABLES
from config.settings import Settings

KINDS: tuple[type[BaseSettings], ...] = (Settings, *VARIABLES)
"""Every class of variables that the environment may set."""


def read_settings() -> Settings:
    """Read the environment. Raises SettingsError with one line for the first bad variable."""
    return Settings.read(VARIABLES)


def given_settings(values: Mapping[str, object]) -> Settings:
    """Take values in the place of the environment's, by the names of the variables' fields."""
    return Settings.given(values, VARIABLES)
