"""Mails that were set aside: each with its conversation, and no more of them than is looked at."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.core.model import ConversationId
from bot.storage.operations.dead_letters import LetterState
from bot.storage.tables import dead_letters

_FORGOTTEN_AT_ONCE = 20
_Fields = dead_letters.c


@dataclass(frozen=True, slots=True)
class UnreadRoom:
    """The most mails that are kept; the oldest make room."""

    of_conversation: int = 10
    in_all: int = 500
    bytes_in_all: int = 16 << 20
    bytes_of_mail: int = 256 << 10
    """What is longer is cut."""


@dataclass(frozen=True, slots=True)
class UnreadMail:
    """A mail to a conversation that was not taken into it, and why."""

    conversation_id: ConversationId
    channel: str
    raw: bytes
    reason: str


def keep_mail(connection: sa.Connection, mail: UnreadMail, now: datetime, room: UnreadRoom) -> int:
    """Keep a mail as a dead letter; returns how many old ones had to go for it."""
    connection.execute(
        sa.insert(dead_letters).values(
            channel=mail.channel,
            raw=mail.raw[: room.bytes_of_mail],
            reason=mail.reason,
            state=LetterState.OPEN,
            created_at=now,
            conversation_id=mail.conversation_id,
        )
    )
    old = [row.id for row in connection.execute(_too_many(room))]
    if old:
        connection.execute(sa.delete(dead_letters).where(_Fields.id.in_(old)))
    return len(old)


def _too_many(room: UnreadRoom) -> sa.Select[tuple[int]]:
    newest = _Fields.id.desc()
    rows = (
        sa.select(
            _Fields.id,
            sa.func.row_number().over(order_by=newest).label("number"),
            sa.func.row_number()
            .over(order_by=newest, partition_by=_Fields.conversation_id)
            .label("own_number"),
            sa.func.sum(sa.func.length(_Fields.raw)).over(order_by=newest).label("bytes"),
        )
        .where(_Fields.conversation_id.is_not(None))
        .subquery()
    )
    is_too_much = sa.or_(
        rows.c.number > room.in_all,
        rows.c.own_number > room.of_conversation,
        rows.c.bytes > room.bytes_in_all,
    )
    # a few at a time: each adds one
    return sa.select(rows.c.id).where(is_too_much).order_by(rows.c.id).limit(_FORGOTTEN_AT_ONCE)
