"""Visits: each visitor's last page, and the number of visits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.core.arrivals import Visit
from bot.core.model import ConversationId
from bot.storage.database.bulk import Insertion
from bot.storage.tables import conversations, time_text, visits
from bot.storage.visitors.visitor_states import VisitorState

VISIT_LASTS = timedelta(minutes=30)
"""Who writes nothing for so long begins another visit."""
_COLUMNS = (
    "visitor_id",
    "page",
    "title",
    "referrer",
    "browser",
    "language",
    "count",
    "first_at",
    "last_at",
    "over_at",
    "started_page",
    "started_title",
    "started_at",
)
_IS_ANOTHER = "excluded.last_at >= visits.over_at"
# the pages of a visit come from each other: only the first one says where the visitor came from
_CONFLICT = (
    "ON CONFLICT (visitor_id) DO UPDATE SET"
    " page = excluded.page, title = excluded.title,"
    f" referrer = CASE WHEN {_IS_ANOTHER} THEN excluded.referrer"
    " ELSE coalesce(visits.referrer, excluded.referrer) END,"
    " browser = excluded.browser, language = excluded.language,"
    f" count = visits.count + CASE WHEN {_IS_ANOTHER} THEN 1 ELSE 0 END,"
    " last_at = excluded.last_at, over_at = excluded.over_at, "
    + ", ".join(
        f"{name} = CASE WHEN {_IS_ANOTHER} THEN excluded.{name} ELSE visits.{name} END"
        for name in ("started_page", "started_title", "started_at")
    )
)


@dataclass(frozen=True, slots=True)
class Start:
    """The beginning of a visit: the page of its first message."""

    page: str | None
    title: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class StoredVisit:
    """The last visit of somebody."""

    visit: Visit
    count: int
    first_at: datetime
    """When the first of all began."""
    last_at: datetime
    """When something was last written in this one."""
    start: Start | None
    """None: it is not known any more."""


def insert_visits(made: Iterable[tuple[VisitorState, Visit]], at: datetime) -> Insertion:
    """Keep where visitors are; each of them only once."""
    now, over = time_text(at), time_text(at + VISIT_LASTS)
    rows = [
        (
            *(thread.visitor_id, visit.page, visit.title, visit.referrer),
            *(visit.browser, visit.language, 1, now, now, over),
            *(visit.page, visit.title, now),
        )
        for thread, visit in made
    ]
    return Insertion("visits", _COLUMNS, rows, _CONFLICT)


def find_visit(connection: sa.Connection, conversation: ConversationId) -> StoredVisit | None:
    """Say where a conversation's visitor is; None: the channel knows no pages."""
    query = (
        sa.select(visits)
        .join(conversations, conversations.c.visitor_id == visits.c.visitor_id)
        .where(conversations.c.id == conversation)
    )
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        return None
    visit = Visit(row["page"], row["title"], row["referrer"], row["browser"], row["language"])
    started_at = row["started_at"]
    start = Start(row["started_page"], row["started_title"], started_at) if started_at else None
    return StoredVisit(visit, row["count"], row["first_at"], row["last_at"], start)
