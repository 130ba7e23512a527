"""Insertions of a batch: its new rows with their ids."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from bot.core.model import ContactId, ConversationId, MessageId, VisitorId
from bot.storage.contacts.contact_rows import CLAIM_COLUMNS, NewClaim, claim_row
from bot.storage.database.bulk import Ids, Insertion, Row
from bot.storage.outbox.rows import OUTBOX_COLUMNS, OutboxRow, OutboxState, lay_out_row
from bot.storage.tables import time_text
from bot.storage.visitors.message_rows import MESSAGE_COLUMNS, NewMessage, message_row
from bot.storage.visitors.state_columns import CONVERSATION_COLUMNS, VISITOR_COLUMNS
from bot.storage.visitors.visitor_states import (
    VisitorState,
)

Numbered: TypeAlias = Collection[tuple[int, OutboxRow]]
_AUDIT_COLUMNS = ("at", "actor", "action", "conversation_id", "contact_id", "detail")


@dataclass(frozen=True, slots=True)
class NewAudit:
    """An audit entry, written in the transaction of its act."""

    actor: str
    action: str
    thread: VisitorState
    detail: dict[str, object] | None


def insert_visitors(threads: Iterable[VisitorState], ids: Ids) -> Insertion:
    """Make visitors; one that somebody else was first to write is left out."""
    rows = []
    # sorted, so that two batches with the same visitors wait for each other in one order
    for thread in sorted(threads, key=_place):
        thread.visitor_id = VisitorId(next(ids["visitors"]))
        rows.append((thread.visitor_id, *VISITOR_COLUMNS.lay_out(thread)))
    return Insertion("visitors", ("id", *VISITOR_COLUMNS.names), rows)


def _place(thread: VisitorState) -> tuple[str, str, str]:
    return thread.place


def insert_conversations(threads: Iterable[VisitorState], ids: Ids) -> Insertion:
    """Make conversations of visitors that have ids by now."""
    rows = []
    for thread in threads:
        thread.conversation_id = ConversationId(next(ids["conversations"]))
        rows.append((thread.conversation_id, *CONVERSATION_COLUMNS.lay_out(thread)))
    return Insertion("conversations", ("id", *CONVERSATION_COLUMNS.names), rows)


def insert_messages(messages: Iterable[NewMessage], ids: Ids) -> Insertion:
    """Make messages of conversations that have ids by now."""
    rows = []
    for message in messages:
        message.id = MessageId(next(ids["messages"]))
        rows.append(message_row(message))
    return Insertion("messages", MESSAGE_COLUMNS, rows)


def insert_claims(claims: Iterable[NewClaim], contacts: Mapping[str, ContactId]) -> Insertion:
    """Keep who claimed which address."""
    rows = [claim_row(claim, contacts[claim.key]) for claim in claims]
    return Insertion("claims", CLAIM_COLUMNS, rows)


def tell_new(orders: Iterable[OutboxRow]) -> tuple[list[OutboxRow], list[OutboxRow]]:
    """Tell orders for what is not stored yet from the others."""
    new: list[OutboxRow] = []
    others: list[OutboxRow] = []
    for order in orders:
        (new if order.is_first else others).append(order)
    return new, others


def number_orders(orders: Iterable[OutboxRow], ids: Ids) -> Numbered:
    """Give orders their ids in the outbox."""
    return [(next(ids["outbox"]), order) for order in orders]


def find_due(orders: Numbered, now: datetime) -> list[int]:
    """Name those that can be done at once."""
    return [
        number
        for number, order in orders
        if order.state is OutboxState.PENDING and order.due_at <= now
    ]


def insert_orders(orders: Numbered, conflict: str, *more: Row) -> Insertion:
    """Make work; `conflict` says what becomes of an order that is there already."""
    rows = [lay_out_row(order, number) for number, order in orders]
    return Insertion("outbox", OUTBOX_COLUMNS, [*rows, *more], conflict)


def insert_audits(audits: Sequence[NewAudit], now: datetime) -> Insertion:
    """Write down who did what."""
    at = time_text(now)
    rows = [
        (
            at,
            audit.actor,
            audit.action,
            audit.thread.conversation_id,
            audit.thread.contact_id,
            json.dumps(audit.detail) if audit.detail else None,
        )
        for audit in audits
    ]
    return Insertion("audit", _AUDIT_COLUMNS, rows)
