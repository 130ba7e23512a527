"""Fetches copies of what visitors attached, so that no agent's browser ever asks a foreign one."""

from bot.porter.porter import Porter

__all__ = ["Porter"]
