"""The audience of notifications: whether anybody subscribed, asked before every commit."""

import logging
import time
from datetime import timedelta

import sqlalchemy as sa

from bot.ports.errors import UnavailableError
from bot.storage.database.engine import Database
from bot.storage.database.transactions import read
from bot.storage.team.recipients import is_anybody_listening
from bot.storage.team.webhook_endpoints import is_any_endpoint_on

LOOKS_AGAIN = timedelta(seconds=5)
"""So long after it was added, a program or a device may miss what happens."""
_log = logging.getLogger(__name__)


class Audience:
    """Remembers for a moment who listens; threads may share it."""

    def __init__(self, database: Database, *, has_urls: bool) -> None:
        self._database = database
        self._has_urls = has_urls
        self._is_there = has_urls
        self._until = float("-inf")

    def is_there(self) -> bool:
        """Say whether somebody wants to be told; looks into the database now and then."""
        if self._has_urls:
            return True
        at = time.monotonic()
        if at >= self._until:
            self._until = at + LOOKS_AGAIN.total_seconds()
            self._look()
        return self._is_there

    def _look(self) -> None:
        try:
            self._is_there = read(self._database, _is_anybody)
        except UnavailableError:
            _log.debug("who wants to be told could not be read")  # what was known still counts


def _is_anybody(connection: sa.Connection) -> bool:
    return is_any_endpoint_on(connection) or is_anybody_listening(connection)
