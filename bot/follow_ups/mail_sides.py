"""Begins the conversation that an address's owner has by mail beside one on another channel.

There the sender keeps what it began: what is written in one of them never goes out by the other.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.core.emails import Address
from bot.core.model import (
    Assurance,
    Capture,
    CaptureState,
    Conversation,
    Source,
    VisitorKey,
)
from bot.ownership import Proof, prove
from bot.ports.signals import ChangeSignal
from bot.storage.contacts.contact_rows import NewClaim
from bot.storage.conversations.mail_sides import add_mail_side, find_mail_side
from bot.storage.conversations.owners import own_place
from bot.storage.visitors.batch import Batch
from bot.storage.visitors.visitor_states import VisitorState, lock_conversations
from config.rules import MAIL, CaptureRules

_KNOWN = "The conversation began with a mail: the address is known."


@dataclass(frozen=True, slots=True)
class MailSide:
    """The conversation by mail, held, and where there is something new to see."""

    thread: VisitorState
    hints: tuple[ChangeSignal, ...] = ()


def names_senders(thread: VisitorState, rules: CaptureRules) -> bool:
    """Say whether a channel itself says who writes, so that no mail changes whose it is."""
    channel = rules.for_channel(thread.place.channel)
    return not channel.row_is_delivery and not channel.is_mail


def open_mail_side(
    connection: sa.Connection,
    sender: VisitorState,
    address: Address,
    now: datetime,
    *,
    is_genuine: bool,
) -> MailSide:
    """Find or begin the conversation by mail beside a sender's, which must be held."""
    beside = sender.conversation_id
    known = find_mail_side(connection, beside, address.key) if beside else None
    held = lock_conversations(connection, [known]).get(known) if known else None
    batch = Batch(connection, now)
    thread = held or _begin(batch, sender, address)
    if held is None and beside and thread.conversation_id:
        add_mail_side(connection, thread.conversation_id, beside, address.key)
    if is_genuine:
        prove(batch, thread, Proof(address))
    elif held is None:
        _claim(batch, thread, address)
    batch.save()
    return MailSide(thread, tuple(batch.hints()))


def _begin(batch: Batch, sender: VisitorState, address: Address) -> VisitorState:
    talk = sender.conversation
    thread = VisitorState(
        own_place(VisitorKey(MAIL, sender.place.account, "")),
        created_at=batch.now,
        conversation=Conversation(
            MAIL,
            locale=talk.locale if talk else None,
            email=address.email,
            email_source=Source.CAPTURE,
            capture=Capture(CaptureState.SKIPPED, _KNOWN),
        ),
    )
    fresh = Batch(batch.connection, batch.now)
    fresh.touch(thread)
    fresh.save()
    return thread


def _claim(batch: Batch, thread: VisitorState, address: Address) -> None:
    batch.add_claim(
        NewClaim(
            thread,
            email=address.email,
            key=address.key,
            lookalike=address.lookalike,
            source=Source.CAPTURE,
            at=batch.now,
            assurance=Assurance.CLAIMED,
        )
    )
