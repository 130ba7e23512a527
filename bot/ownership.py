"""Gives a conversation to who has proved its address, and divides it from who has only typed it.

In one transaction under the visitor's lock: what was written until then stays readable for both
sides as far as it was before, all that follows is for the owner's side.
"""

from dataclasses import dataclass

from bot.core.emails import Address, key_of
from bot.core.model import Assurance, Author, Kind, Source, Status, VisitorKey
from bot.storage.contacts.contact_rows import NewClaim
from bot.storage.conversations.owners import (
    FormerReader,
    Range,
    Why,
    add_former_readers,
    admit_browser,
    dismiss_browser,
    dismiss_browsers,
    find_browsers,
    find_closed,
    find_former,
    find_visitor_at,
    is_own_place,
    own_place,
    readmit,
)
from bot.storage.conversations.return_links import add_proof
from bot.storage.visitors.batch import Batch
from bot.storage.visitors.message_rows import Delivery, NewMessage
from bot.storage.visitors.visitor_states import VisitorState, lock_visitors
from config.rules import MAIL

WENT_OVER = (
    "This browser has proved the address of conversation {id}, and goes on there. Nobody reads this"
    " conversation in a browser any more."
)
_VISITOR = "visitor"


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof that an address belongs to the present reader."""

    address: Address
    browser: VisitorKey | None = None
    """The browser that proved it; None: a mail did."""
    why: Why = Why.MAIL


def prove(batch: Batch, thread: VisitorState, proof: Proof) -> None:
    """Let the owner of an address have the conversation; the thread must be held and stored.

    Divides nothing if the browser that proves it is on the conversation's side already, or if the
    address was proved before: then a further browser comes to the same side.
    """
    if proof.browser is None and _has_proved(thread, proof.address):
        return
    side = _side(batch, thread)
    if proof.browser not in side and not _has_proved(thread, proof.address):
        _divide(batch, thread, side, proof)
    if proof.browser:
        _admit(batch, thread, proof)
    _own(batch, thread, proof.address)


def _side(batch: Batch, thread: VisitorState) -> list[VisitorKey]:
    if thread.visitor_id is None:
        return []
    found = find_browsers(batch.connection, thread.visitor_id)
    return found if is_own_place(thread.place) else [thread.place, *found]


def _has_proved(thread: VisitorState, address: Address) -> bool:
    return _proved_key(thread) == address.key


def _proved_key(thread: VisitorState) -> str | None:
    talk = thread.conversation
    return key_of(talk.proved_email) if talk and talk.proved_email else None


def _divide(batch: Batch, thread: VisitorState, side: list[VisitorKey], proof: Proof) -> None:
    """Leave to the present browsers what there is, and nothing that comes."""
    talk, talk_id = thread.conversation, thread.conversation_id
    if talk is None or talk_id is None or thread.visitor_id is None:
        return
    if thread.place.channel == MAIL:
        return  # no browser reads it
    connection = batch.connection
    after_seq = thread.owner_after_seq if find_closed(connection, talk_id) else 0
    is_closed = talk.closed_for_others or talk.status is Status.CLOSED
    readers = [
        FormerReader(
            talk_id,
            place,
            Range(after_seq, thread.last_seq),
            _proved_key(thread),
            proof.why,
            Status.CLOSED if is_closed else Status.OPEN,
            thread.answered_seq,
            thread.seen_up_to,
            batch.now,
        )
        for place in side or [own_place(thread.place)]
    ]
    dismiss_browsers(connection, thread.visitor_id)
    add_former_readers(connection, readers)
    for place in side:
        batch.tell(place, thread)
    if not is_own_place(thread.place):
        thread.place, thread.visitor_changed = own_place(thread.place), True
    thread.owner_after_seq = thread.last_seq


def _admit(batch: Batch, thread: VisitorState, proof: Proof) -> None:
    """Let the browser that proved the address read and write as the conversation's owner."""
    connection, now, browser = batch.connection, batch.now, proof.browser
    if browser is None or thread.visitor_id is None or thread.conversation_id is None:
        return
    if browser not in _side(batch, thread):
        _vacate(batch, browser, thread)
        dismiss_browser(connection, browser)  # it may read another one, beside that one's owner
        admit_browser(connection, browser, thread.visitor_id, now)
    add_proof(connection, browser, thread.visitor_id, proof.address.key, now)
    if former := find_former(connection, browser, thread.conversation_id):
        readmit(connection, former, now)
    batch.tell(browser, thread)


def _vacate(batch: Batch, place: VisitorKey, thread: VisitorState) -> None:
    """Leave with the agents what the browser has begun since it ceased to read."""
    visitor_id = find_visitor_at(batch.connection, place)
    if visitor_id is None:
        return
    other = lock_visitors(batch.connection, [visitor_id])[visitor_id]
    other.place, other.visitor_changed = own_place(place), True
    batch.touch(other)
    if other.conversation:
        words = WENT_OVER.format(id=thread.conversation_id)
        batch.add_message(
            NewMessage(
                other,
                Author.SYSTEM,
                words,
                at=batch.now,
                created_at=batch.now,
                kind=Kind.NOTE,
                delivery=Delivery.SENT,
            )
        )


def _own(batch: Batch, thread: VisitorState, address: Address) -> None:
    talk = thread.conversation
    if talk is None:
        return
    is_beside = talk.beside_email is not None and key_of(talk.beside_email) != address.key
    thread.conversation = talk._replace(
        email=address.email,
        email_source=talk.email_source or Source.CAPTURE,
        proved_email=address.email,
        beside_email=talk.beside_email if is_beside else None,
    )
    thread.conversation_changed = True
    batch.add_claim(
        NewClaim(
            thread,
            email=address.email,
            key=address.key,
            lookalike=address.lookalike,
            source=talk.email_source or Source.CAPTURE,
            at=batch.now,
            assurance=Assurance.VERIFIED,
            actor=_VISITOR,
        )
    )
