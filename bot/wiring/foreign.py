"""Composition of guarded requests to foreign addresses."""

from collections.abc import Callable
from functools import cache

from bot.edge.ssrf_guard import Guard, is_public
from bot.notifications.web_push import KEY, make_key
from bot.storage.database.engine import Database
from bot.storage.database.server_keys import find_or_make_key
from bot.wiring.ground import now
from config.settings import Settings

# programs on this machine may be told as well, to try it out
_DEMO_GUARD = Guard(
    may_reach=lambda address: address.is_loopback or is_public(address),
    schemes=frozenset({"http", "https"}),
)


def guard_of(settings: Settings) -> Guard:
    """Say which addresses may be reached: this machine's own only from a demo for this machine."""
    is_local = settings.demo_enabled and settings.is_for_this_machine
    return _DEMO_GUARD if is_local else Guard()


def push_key(database: Database) -> Callable[[], str]:
    """Give the key of this installation for pushes, made when it is first wanted."""
    return cache(lambda: find_or_make_key(database, KEY, make_key, now()))
