"""What mails to visitors are made of, looked up for many of them at once."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.core.audience import Audience
from bot.core.model import Author, ConversationId, Kind, MessageId
from bot.storage.conversations.audiences import readable
from bot.storage.outbox.rows import OutboxState, Work
from bot.storage.tables import mails, messages, outbox

_MOST_EARLIER = 20
_MOST_MAILED = 50


@dataclass(frozen=True, slots=True)
class UnreadReply:
    """An agent's reply that the visitor has not seen."""

    seq: int
    name: str | None
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DraftRecipient:
    """Who is to read replies by mail, and what of a conversation they have seen."""

    conversation_id: ConversationId
    email_key: str
    owner: Audience
    seen_up_to: datetime | None


_REPLIES = sa.select(
    messages.c.id,
    messages.c.conversation_id,
    messages.c.audience,
    messages.c.seq,
    messages.c.name,
    messages.c.text,
    messages.c.at,
).where(messages.c.author == Author.AGENT, messages.c.kind == Kind.TEXT)


def find_unread(
    connection: sa.Connection, recipients: Collection[DraftRecipient]
) -> dict[ConversationId, list[UnreadReply]]:
    """List what agents wrote that recipients have neither seen nor got by mail, oldest first."""
    here = messages.c
    last = sa.select(sa.func.coalesce(sa.func.max(mails.c.last_seq), 0))
    mailed = last.where(mails.c.conversation_id == here.conversation_id).correlate(messages)
    known = {one.conversation_id: one for one in recipients}
    query = _REPLIES.where(
        here.conversation_id.in_(sorted(known)),
        here.seq > mailed.scalar_subquery(),
        readable({one.owner for one in recipients}),
    ).order_by(here.seq)
    found: dict[ConversationId, list[UnreadReply]] = defaultdict(list)
    for row in connection.execute(query):
        reader = known[row.conversation_id]
        is_seen = reader.seen_up_to is not None and row.at <= reader.seen_up_to
        if not is_seen and row.audience in {None, reader.owner}:
            reply = UnreadReply(row.seq, row.name, row.text, row.at)
            found[reader.conversation_id].append(reply)
    return found


def find_replies(
    connection: sa.Connection, wanted: Mapping[MessageId, DraftRecipient]
) -> dict[MessageId, UnreadReply]:
    """Look single replies up; one is missing that is gone, or not for its recipient."""
    owners = {one.owner for one in wanted.values()}
    query = _REPLIES.where(messages.c.id.in_(sorted(wanted)), readable(owners))
    return {
        row.id: UnreadReply(row.seq, row.name, row.text, row.at)
        for row in connection.execute(query)
        if row.audience in {None, wanted[row.id].owner}
    }


def find_mailed(connection: sa.Connection, id: ConversationId) -> list[UnreadReply]:
    """List the newest replies of a conversation that were mailed, oldest first."""
    here = mails.c
    is_mailed = sa.exists().where(
        here.conversation_id == id, messages.c.seq.between(here.first_seq, here.last_seq)
    )
    newest = _REPLIES.where(messages.c.conversation_id == id, is_mailed)
    query = newest.order_by(messages.c.seq.desc()).limit(_MOST_MAILED)
    rows = connection.execute(query).all()
    return [UnreadReply(row.seq, row.name, row.text, row.at) for row in reversed(rows)]


def find_under_way(
    connection: sa.Connection, ids: Collection[ConversationId]
) -> set[ConversationId]:
    """Say which of these conversations have a mail in a worker's hand."""
    query = sa.select(outbox.c.conversation_id).where(
        outbox.c.state == sa.literal_column(f"'{OutboxState.SENDING}'"),
        outbox.c.kind == Work.FOLLOW_UP,
        outbox.c.conversation_id.in_(sorted(ids)),
    )
    return set(connection.execute(query).scalars())


def find_sent_since(
    connection: sa.Connection, email_keys: Collection[str], since: datetime
) -> dict[str, list[datetime]]:
    """Say when mails went to addresses, from whatever conversations, the newest first."""
    here = mails.c
    query = sa.select(here.email_key, here.at).where(
        here.email_key.in_(sorted(email_keys)), here.at > since
    )
    found: dict[str, list[datetime]] = defaultdict(list)
    for row in connection.execute(query.order_by(here.at.desc())):
        found[row.email_key].append(row.at)
    return found


def find_earlier(
    connection: sa.Connection,
    recipients: Collection[DraftRecipient],
    beside: Mapping[ConversationId, ConversationId],
) -> dict[ConversationId, tuple[str, ...]]:
    """List the keys of the last mails to recipients, the oldest first.

    Those of a conversation, and of the one that it stands `beside`.
    """
    keys = {one.conversation_id: one.email_key for one in recipients}
    query = sa.select(mails.c.conversation_id, mails.c.email_key, mails.c.message_key)
    wanted = sorted({*keys, *beside.values()})
    query = query.where(mails.c.conversation_id.in_(wanted)).order_by(mails.c.id)
    readers = defaultdict[ConversationId, list[ConversationId]](list)
    for talk in keys:
        for one in {talk, beside.get(talk, talk)}:
            readers[one].append(talk)
    found: dict[ConversationId, list[str]] = {talk: [] for talk in keys}
    for row in connection.execute(query):
        for talk in readers[row.conversation_id]:
            if row.email_key == keys[talk]:
                found[talk].append(row.message_key)
    return {talk: tuple(known[-_MOST_EARLIER:]) for talk, known in found.items()}
