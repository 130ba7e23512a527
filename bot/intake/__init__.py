"""The one door for everything that visitors do."""

from bot.intake.door import LANES, Intake

__all__ = ["LANES", "Intake"]
