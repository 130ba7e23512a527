"""The settings of this system: its own variables, and those of every channel."""

from pydantic_settings import BaseSettings

from channels import VARIABLES
from config.settings import Settings

KINDS: tuple[type[BaseSettings], ...] = (Settings, *VARIABLES)
"""Every class of variables that the environment may set."""


def read_settings() -> Settings:
    """Read the environment. Raises SettingsError with one line for the first bad variable."""
    return Settings.read(VARIABLES)
