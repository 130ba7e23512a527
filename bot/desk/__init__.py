"""What agents and programs do: read, reply, note, assign, close, ask, say who a visitor is."""

from bot.desk.desk import Desk

__all__ = ["Desk"]
