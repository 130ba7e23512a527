"""Applies who may read which message, for everybody who is no agent: agents read all there is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from bot.core.audience import Audience, owner_of
from bot.core.model import ConversationId, Kind, Place
from bot.storage.tables import NOT_FOR_ALL, browser_proofs, conversations, messages
from bot.viewing import Numbering


@dataclass(frozen=True, slots=True)
class ReaderView:
    """What one reader may read of a conversation, and how it counts that."""

    audiences: tuple[Audience, ...] = ()
    """Those that the reader belongs to, besides everybody."""
    numbering: Numbering = field(default_factory=Numbering)


def readable(audiences: Collection[Audience]) -> sa.ColumnElement[bool]:
    """Choose messages that are for everybody, or for one of these audiences."""
    for_all = messages.c.audience.is_(None)
    is_for_them = messages.c.audience.in_(audiences)
    return sa.and_(
        messages.c.kind != Kind.NOTE,
        messages.c.deleted_at.is_(None),
        sa.or_(for_all, is_for_them) if audiences else for_all,
    )


def has_hidden() -> sa.ColumnElement[bool]:
    """Say of a conversation whether something in it is not for everybody."""
    here = messages.c.conversation_id == conversations.c.id
    return sa.exists().where(here, NOT_FOR_ALL).correlate(conversations)


def view_of(connection: sa.Connection, id: ConversationId, browser: Place) -> ReaderView:
    """Find out what a browser may read of a conversation, by what it has proved."""
    audiences = tuple(map(owner_of, _proved_keys(connection, id, browser)))
    query = (
        sa.select(messages.c.seq, messages.c.kind, messages.c.audience)
        .where(messages.c.conversation_id == id, NOT_FOR_ALL)
        .order_by(messages.c.seq)
    )
    hidden = tuple(
        row.seq
        for row in connection.execute(query)
        if row.kind == Kind.NOTE or row.audience not in audiences
    )
    return ReaderView(audiences, Numbering(hidden))


def _proved_keys(connection: sa.Connection, id: ConversationId, browser: Place) -> Sequence[str]:
    here = browser_proofs.c
    query = (
        sa.select(here.email_key)
        .join(conversations, conversations.c.visitor_id == here.visitor_id)
        .where(
            conversations.c.id == id,
            here.channel == browser.channel,
            here.account == browser.account,
            here.external_id == browser.external_id,
        )
        .order_by(here.email_key)
    )
    return connection.execute(query).scalars().all()
