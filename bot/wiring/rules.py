"""The operator's wishes as rules, with what the team has changed since."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from bot.desk.availability import TeamAvailability
from bot.notifications.audience import Audience
from bot.storage.database.engine import Database
from bot.wiring.ground import now
from config.rules import CaptureRules
from config.settings import Settings

Rules: TypeAlias = Callable[[], CaptureRules]


def wishes(settings: Settings) -> Rules:
    """Give the rules as the operator has set them."""
    rules = settings.capture_rules
    return lambda: rules


def announced(settings: Settings, database: Database, rules: Rules) -> Rules:
    """Add to rules whether anybody wants to be told; looks into the database."""
    audience = Audience(database, has_urls=bool(settings.notify_urls))
    return lambda: replace(rules(), announces=audience.is_there())


def open_rules(settings: Settings, database: Database) -> Rules:
    """Give a worker's rules, with who is there and who wants to be told."""
    attendance = TeamAvailability(database, wishes(settings), now)
    return announced(settings, database, attendance.rules)
