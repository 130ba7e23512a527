"""The desk: reading, replying, assigning, closing and contacts, for agents and programs."""

from bot.desk.desk import Desk

__all__ = ["Desk"]
