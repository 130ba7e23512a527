"""Stops: what does not work at the moment, since when and why, and when it is looked at again."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from bot.findings import Finding, attention, broken
from bot.notifications.stops import StopWriter
from bot.ops.check.database import Records
from bot.outbox.handlers.looks import hasten
from bot.ports.errors import UnavailableError
from bot.storage.database.engine import Database
from bot.storage.database.transactions import retry_races
from bot.storage.outbox.stops import Stop
from config.settings import Settings


def check_stops(settings: Settings, records: Records) -> Iterator[Finding]:
    """Name every stop of what is no channel's account; those stand with their channels."""
    channels = {facts.name for facts in settings.channel_titles}
    for stop in records.stops:
        if stop.channel not in channels:
            yield describe_stop(stop, settings)


def describe_stop(stop: Stop, settings: Settings, subject: str = "") -> Finding:
    """Say why an account does not work, since when, and when it is looked at again."""
    writer = StopWriter(settings.notice_rules)
    about = subject or writer.name_of(stop)
    if not stop.closes:
        return attention(about, stop.reason, writer.advice(stop))
    next_look = f" Looked at again by {stop.look_at:%H:%M} UTC." if stop.look_at else ""
    words = f"Stopped since {stop.began_at:%Y-%m-%d %H:%M} UTC: {stop.reason}{next_look}"
    return broken(about, words, writer.advice(stop))


def ask_for_looks(settings: Settings, now: datetime) -> None:
    """Let workers look at what is stopped: it may work again, as the check has just seen."""
    try:
        with closing(Database(settings.database)) as database:
            retry_races(database, lambda connection: hasten(connection, now))
    except (SQLAlchemyError, UnavailableError, ValueError):
        return  # the check says what is wrong with the database
