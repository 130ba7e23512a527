"""Takes a genuine answer by mail for a proof: whoever wrote it reads the address that we mailed."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.core.arrivals import Arrival
from bot.core.emails import Address, key_of, validate
from bot.core.events import VisitorWrote
from bot.core.model import Assurance
from bot.intake.lookup import provider_key
from bot.ownership import Proof, prove
from bot.ports.signals import ChangeSignal
from bot.storage.batch import Batch
from bot.storage.mails import Correspondent, is_known_message
from bot.storage.visitor_states import VisitorState, lock_conversations
from config.rules import CaptureRules


@dataclass(frozen=True, slots=True)
class Proved:
    """An answer as it is to be recorded, and where there is something new to see."""

    arrival: Arrival
    hints: tuple[ChangeSignal, ...] = ()


def prove_by_mail(
    connection: sa.Connection,
    who: Correspondent,
    arrival: Arrival,
    rules: CaptureRules,
    now: datetime,
) -> Proved:
    """Give the conversation to the sender of a genuine answer; a mail that is known proves nothing.

    On a channel that names its senders nothing moves: the words stay with agents and owner.
    """
    thread = lock_conversations(connection, [who.conversation_id]).get(who.conversation_id)
    address = _address_of(thread, who)
    key = provider_key(arrival)
    if thread is None or address is None or (key and is_known_message(connection, key)):
        return take_unproved(connection, who, arrival)
    if not rules.for_channel(thread.place.channel).row_is_delivery:
        return Proved(_surely(arrival))
    batch = Batch(connection, now)
    prove(batch, thread, Proof(address))
    batch.save()
    # every browser that reads on has proved the address
    own = _surely(arrival)
    if isinstance(own.report, VisitorWrote):
        own = own._replace(place=thread.place, report=own.report._replace(audience=None))
    return Proved(own, tuple(batch.hints()))


def take_unproved(connection: sa.Connection, who: Correspondent, arrival: Arrival) -> Proved:
    """Let an answer that proves nothing go where its conversation is by now."""
    thread = lock_conversations(connection, [who.conversation_id]).get(who.conversation_id)
    return Proved(arrival._replace(place=thread.place) if thread else arrival)


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
