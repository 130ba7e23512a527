"""Database reads and writes of an operator's check."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.model import OutboxId, VisitorKey
from bot.storage.outbox.rows import OutboxState, Work
from bot.storage.tables import checkups, outbox, visitors

_CHECK = "check"


@dataclass(frozen=True, slots=True)
class KeptFinding:
    """A stored finding about one subject."""

    state: str
    subject: str
    words: str
    advice: str


@dataclass(frozen=True, slots=True)
class Checkup:
    """The findings of a check, in order."""

    at: datetime
    findings: tuple[KeptFinding, ...]


def find_newest_visitor(connection: sa.Connection, channel: str, account: str) -> VisitorKey | None:
    """Find who wrote to an account last for the first time, guests left out."""
    query = (
        sa.select(visitors.c.external_id)
        .where(visitors.c.channel == channel, visitors.c.account == account)
        .where(visitors.c.guest.isnot(sa.true()))
        .order_by(visitors.c.id.desc())
        .limit(1)
    )
    found = connection.execute(query).scalar()
    return VisitorKey(channel, account, found) if found else None


def save_checkup(connection: sa.Connection, findings: Sequence[KeptFinding], now: datetime) -> None:
    """Keep what was found, in place of what was found before."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    values = {"at": now, "findings": [asdict(finding) for finding in findings]}
    statement = insert(checkups).values(name=_CHECK, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))


def find_checkup(connection: sa.Connection) -> Checkup | None:
    """Read what was found last; None: nobody has looked yet."""
    query = sa.select(checkups).where(checkups.c.name == _CHECK)
    row = connection.execute(query).one_or_none()
    return Checkup(row.at, tuple(KeptFinding(**one) for one in row.findings)) if row else None


def hasten_check(connection: sa.Connection, now: datetime) -> OutboxId | None:
    """Let the next check take place at once; None: no worker has ever planned one, or one is on."""
    waiting = (outbox.c.kind == Work.WATCH, outbox.c.state == OutboxState.PENDING)
    change = sa.update(outbox).where(*waiting).values(due_at=now).returning(outbox.c.id)
    found = connection.execute(change).scalar()
    return OutboxId(found) if found else None
