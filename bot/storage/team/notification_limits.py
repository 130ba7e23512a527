"""Limits of notifications: what targets were told of late, and what is gathered for them."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.core.model import ConversationId
from bot.storage.outbox.held import HeldRow, hold_rows
from bot.storage.outbox.rows import OutboxState, Work
from bot.storage.tables import TOLD, outbox


@dataclass(frozen=True, slots=True)
class Told:
    """A notice that a target got of late, or is getting."""

    conversation_id: ConversationId | None
    about: str
    at: datetime | None
    """None: it is on its way."""


def find_told(
    connection: sa.Connection, targets: Collection[str], since: datetime
) -> dict[str, list[Told]]:
    """Find what targets were told since then."""
    columns = (outbox.c.account, outbox.c.conversation_id, outbox.c.payload, outbox.c.settled_at)
    here = outbox.c.account.in_(sorted(targets))
    told = sa.select(*columns).where(TOLD, here, outbox.c.settled_at > since)
    on_its_way = sa.select(*columns).where(
        outbox.c.state == OutboxState.SENDING, outbox.c.kind == Work.NOTIFY, here
    )
    found: dict[str, list[Told]] = {target: [] for target in targets}
    for query in (told, on_its_way):
        for row in connection.execute(query):
            one = Told(row.conversation_id, str(_field(row.payload, "about")), row.settled_at)
            found[row.account].append(one)
    return found


def hold_pending(connection: sa.Connection, keys: Collection[str]) -> dict[str, HeldRow]:
    """Look rows up by their keys that are still to be done, and hold them."""
    query = sa.select(outbox.c.id).where(
        outbox.c.dedupe_key.in_(sorted(keys)), outbox.c.state == OutboxState.PENDING
    )
    rows = hold_rows(connection, connection.execute(query).scalars().all())
    return {row.dedupe_key: row for row in rows if row.state is OutboxState.PENDING}


def gathered_so_far(row: HeldRow) -> Counter[str]:
    """Read what a digest counts already; one that can't be read begins anew."""
    counts = _field(row.payload, "counts")
    whole = counts.items() if isinstance(counts, dict) else ()
    return Counter({str(name): count for name, count in whole if isinstance(count, int)})


def _field(payload: Any, name: str) -> object:  # noqa: ANN401 - whatever stands in the row
    return payload.get(name) if isinstance(payload, dict) else None
