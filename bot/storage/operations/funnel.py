"""The capture funnel, counted from conversations."""

from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from bot.core.model import Author, CaptureState
from bot.storage.tables import conversations, messages

_HOUR = "%Y-%m-%dT%H"


@dataclass(frozen=True, slots=True)
class AskedHour:
    """The funnel of one hour and channel."""

    channel: str
    hour: datetime
    asked: int
    answered: int
    """Said anything at all afterwards, "No thanks" included."""
    contacts: int


def count_asked(connection: sa.Connection, since: datetime) -> list[AskedHour]:
    """Count who was asked since then, by channel and hour in UTC; empty hours are missing."""
    here = conversations.c
    wrote = (
        sa.exists()
        .where(
            messages.c.conversation_id == here.id,
            messages.c.author == Author.VISITOR,
            messages.c.created_at > here.asked_at,
        )
        .correlate(conversations)
    )
    settled = here.capture_state.in_([CaptureState.CAPTURED, CaptureState.DECLINED])
    hour = _hour_of(connection, here.asked_at)
    rows = connection.execute(
        sa.select(
            here.channel,
            hour,
            sa.func.count(),
            _count_if(sa.or_(settled, wrote)),
            _count_if(here.capture_state == CaptureState.CAPTURED),
        )
        .where(here.asked_at >= since)
        .group_by(here.channel, sa.text("hour"))
        .order_by(sa.text("hour"), here.channel)
    )
    return [
        AskedHour(channel, datetime.strptime(text, _HOUR).replace(tzinfo=UTC), *counts)
        for channel, text, *counts in rows
    ]


def _hour_of(connection: sa.Connection, moment: sa.Column[datetime]) -> sa.Label[str]:
    if connection.dialect.name == "postgresql":
        utc = sa.func.timezone("UTC", moment)
        return sa.func.to_char(utc, 'YYYY-MM-DD"T"HH24').label("hour")
    return sa.func.substr(sa.type_coerce(moment, sa.Text), 1, len("2000-01-01T00")).label("hour")


def _count_if(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0))
