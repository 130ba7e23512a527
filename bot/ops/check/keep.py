"""Looks at everything for those who can't themselves: what was found is kept in the database."""

from contextlib import closing
from datetime import datetime

from bot.ops.check.examine import examine
from bot.storage.database.engine import Database
from bot.storage.database.transactions import retry_races
from bot.storage.operations.checkup import KeptFinding, save_checkup
from config.settings import Settings


def keep_findings(settings: Settings, now: datetime) -> None:
    """Look, and keep what was found; nobody's profile is asked for without need."""
    found = [KeptFinding(**each.as_dict()) for each in examine(settings, now, profiles=False)]
    with closing(Database(settings.database)) as database:
        retry_races(database, lambda connection: save_checkup(connection, found, now))
