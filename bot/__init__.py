"""The system between the channels: what happened, what to do about it, and who did it."""

__version__ = "0.2.0"
