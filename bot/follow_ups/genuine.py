"""Takes a genuine answer by mail for a proof: whoever wrote it reads the address that we mailed."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.core.arrivals import Arrival
from bot.core.emails import Address, key_of, validate
from bot.core.events import VisitorWrote
from bot.core.model import Assurance, ConversationId
from bot.follow_ups.mail_sides import names_senders, open_mail_side
from bot.intake.lookup import provider_key
from bot.ownership import Proof, prove
from bot.ports.signals import ChangeSignal
from bot.storage.mails.mails import Correspondent, is_known_message
from bot.storage.visitors.batch import Batch
from bot.storage.visitors.visitor_states import VisitorState, lock_conversations
from config.rules import CaptureRules


@dataclass(frozen=True, slots=True)
class Proved:
    """An answer as it is to be recorded, where, and where there is something new to see."""

    arrival: Arrival
    conversation_id: ConversationId
    hints: tuple[ChangeSignal, ...] = ()


def prove_by_mail(
    connection: sa.Connection,
    who: Correspondent,
    arrival: Arrival,
    rules: CaptureRules,
    now: datetime,
) -> Proved:
    """Give the conversation to the sender of a genuine answer; a mail that is known proves nothing.

    On a channel that names its senders nothing moves: the answer begins a conversation by mail.
    """
    thread = lock_conversations(connection, [who.conversation_id]).get(who.conversation_id)
    address = _address_of(thread, who)
    key = provider_key(arrival)
    if thread is None or address is None or (key and is_known_message(connection, key)):
        return Proved(_move(arrival, thread), who.conversation_id)
    if names_senders(thread, rules):
        side = open_mail_side(connection, thread, address, now, is_genuine=True)
        return _for_the_owner(arrival, side.thread, side.hints)
    batch = Batch(connection, now)
    prove(batch, thread, Proof(address))
    batch.save()
    return _for_the_owner(arrival, thread, tuple(batch.hints()))


def take_unproved(
    connection: sa.Connection,
    who: Correspondent,
    arrival: Arrival,
    rules: CaptureRules,
    now: datetime,
) -> Proved:
    """Let an answer that proves nothing go where its conversation is by now."""
    thread = lock_conversations(connection, [who.conversation_id]).get(who.conversation_id)
    address, key = _address_of(thread, who), provider_key(arrival)
    is_known = key is not None and is_known_message(connection, key)
    if thread is None or address is None or is_known or not names_senders(thread, rules):
        return Proved(_move(arrival, thread), who.conversation_id)
    side = open_mail_side(connection, thread, address, now, is_genuine=False)
    here = side.thread.conversation_id or who.conversation_id
    return Proved(_move(arrival, side.thread), here, side.hints)


def _for_the_owner(
    arrival: Arrival, thread: VisitorState, hints: tuple[ChangeSignal, ...]
) -> Proved:
    """Record an answer for everybody who reads the conversation: all have proved the address."""
    own = _surely(_move(arrival, thread))
    if isinstance(own.report, VisitorWrote):
        own = own._replace(report=own.report._replace(audience=None))
    return Proved(own, thread.conversation_id or ConversationId(0), hints)


def _move(arrival: Arrival, thread: VisitorState | None) -> Arrival:
    return arrival._replace(place=thread.place) if thread else arrival


def _address_of(thread: VisitorState | None, who: Correspondent) -> Address | None:
    """Find the address that the mail went to, if the conversation still has it."""
    talk = thread.conversation if thread else None
    for email in talk.own_emails if talk else ():
        address = validate(email)
        if isinstance(address, Address) and key_of(email) == who.email_key:
            return address
    return None


def _surely(arrival: Arrival) -> Arrival:
    report = arrival.report
    if not isinstance(report, VisitorWrote):
        return arrival
    return arrival._replace(report=report._replace(assurance=Assurance.VERIFIED))
