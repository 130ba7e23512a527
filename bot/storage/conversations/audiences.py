"""Applies who may read which message, for everybody who is no agent: agents read all there is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from bot.core.audience import Audience, owner_of
from bot.core.emails import key_of
from bot.core.model import Author, ConversationId, Kind, VisitorKey
from bot.ports.visitor_view import Numbering
from bot.storage.conversations.owners import FormerReader, Range, find_closed
from bot.storage.tables import NOT_FOR_ALL, browser_proofs, conversations, mails, messages


@dataclass(frozen=True, slots=True)
class ReaderView:
    """A reader's view of a conversation: the readable messages and their numbering."""

    readable: sa.ColumnElement[bool]
    numbering: Numbering = field(default_factory=Numbering)
    is_owner: bool = False
    """The reader has proved the address."""
    earlier: int = 0
    """How many messages were written in a browser that has not proved the owner's address."""


@dataclass(frozen=True, slots=True)
class _Rights:
    email_keys: tuple[str, ...] = ()
    """The addresses that the reader has proved: it reads what came from there, and went there."""
    closed: tuple[Range, ...] = ()
    """The ranges that the reader does not see, but for mailed replies."""
    last_seq: int | None = None
    """The last message that the reader sees; None: no end."""


def _is_for(audiences: Collection[Audience]) -> sa.ColumnElement[bool]:
    for_all = messages.c.audience.is_(None)
    is_for_them = messages.c.audience.in_(audiences)
    return sa.and_(
        messages.c.kind != Kind.NOTE, sa.or_(for_all, is_for_them) if audiences else for_all
    )


def readable(audiences: Collection[Audience]) -> sa.ColumnElement[bool]:
    """Choose messages that are for everybody, or for one of these audiences."""
    return sa.and_(_is_for(audiences), messages.c.deleted_at.is_(None))


FOR_ALL = ReaderView(readable(()))


def has_hidden() -> sa.ColumnElement[bool]:
    """Say of a conversation whether something in it is not for everybody."""
    here = messages.c.conversation_id == conversations.c.id
    return sa.exists().where(here, NOT_FOR_ALL).correlate(conversations)


def view_of(
    connection: sa.Connection, id: ConversationId, browser: VisitorKey, proved_email: str | None
) -> ReaderView:
    """Find out what a browser may read that is on the side of a conversation's owner."""
    keys = {*_proved_keys(connection, id, browser)}
    owner_key = key_of(proved_email) if proved_email else None
    if owner_key:
        keys.add(owner_key)
    mailed = tuple(sorted(keys))
    closed = tuple(find_closed(connection, id)) if owner_key else ()
    return _view(connection, id, _Rights(mailed, closed))


def former_view(connection: sa.Connection, former: FormerReader) -> ReaderView:
    """Find out what a browser may read that was on a conversation's side once."""
    key, (after_seq, last_seq) = former.email_key, former.range
    closed = (Range(0, after_seq),) if after_seq else ()
    rights = _Rights((key,) if key else (), closed, last_seq)
    return _view(connection, former.conversation_id, rights)


def _view(connection: sa.Connection, id: ConversationId, rights: _Rights) -> ReaderView:
    may_read = _may_read(id, rights)
    query = sa.select(messages.c.seq, messages.c.kind, messages.c.audience)
    query = query.where(messages.c.conversation_id == id, sa.not_(may_read))
    if not rights.closed:
        query = query.where(NOT_FOR_ALL)  # by the index
    if rights.last_seq is not None:
        query = query.where(messages.c.seq <= rights.last_seq)
    hidden = connection.execute(query.order_by(messages.c.seq)).all()
    return ReaderView(
        sa.and_(may_read, _is_within(rights), messages.c.deleted_at.is_(None)),
        Numbering(tuple(row.seq for row in hidden)),
        is_owner=bool(rights.email_keys),
        earlier=sum(row.kind != Kind.NOTE and row.audience is None for row in hidden),
    )


def _may_read(id: ConversationId, rights: _Rights) -> sa.ColumnElement[bool]:
    is_for_it = _is_for([owner_of(key) for key in rights.email_keys])
    if not rights.closed:
        return is_for_it
    seq = messages.c.seq
    closed = sa.or_(*(sa.and_(seq > one.after_seq, seq <= one.last_seq) for one in rights.closed))
    is_own = messages.c.audience.is_not(None)
    return sa.and_(is_for_it, sa.or_(sa.not_(closed), is_own, _was_mailed(id, rights.email_keys)))


def _was_mailed(id: ConversationId, keys: Collection[str]) -> sa.ColumnElement[bool]:
    """Choose replies that were mailed to one of these addresses."""
    within = sa.and_(
        mails.c.conversation_id == id,
        mails.c.email_key.in_(keys),
        messages.c.seq.between(mails.c.first_seq, mails.c.last_seq),
    )
    is_reply = sa.and_(messages.c.author == Author.AGENT, messages.c.kind == Kind.TEXT)
    return sa.and_(is_reply, sa.exists().where(within).correlate(messages))


def _is_within(rights: _Rights) -> sa.ColumnElement[bool]:
    return sa.true() if rights.last_seq is None else messages.c.seq <= rights.last_seq


def _proved_keys(
    connection: sa.Connection, id: ConversationId, browser: VisitorKey
) -> Sequence[str]:
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
