"""Has a link and a code mailed to a conversation's address, and takes the code for a proof."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.core.emails import Address, validate
from bot.core.model import Conversation, ConversationId, VisitorKey
from bot.ownership import Proof, prove
from bot.ports.doorbell import Doorbell
from bot.ports.signals import ChangeSignal
from bot.storage.conversations.owners import find_former
from bot.storage.conversations.proofs import (
    AskedProof,
    add_proof_wish,
    count_try,
    end_proofs,
    find_asked,
    find_open,
    may_ask,
)
from bot.storage.database.engine import Database
from bot.storage.database.transactions import retry_races
from bot.storage.outbox.mail_rows import order_proof
from bot.storage.visitors.batch import Batch
from bot.storage.visitors.visitor_states import VisitorState, lock_conversations
from bot.storage.visitors.visitor_views import find_conversation_id


@dataclass(frozen=True, slots=True)
class Proving:
    """Takes browsers' wishes; blocks, so the web calls it from threads."""

    database: Database
    clock: Callable[[], datetime]
    doorbell: Doorbell

    def ask(self, browser: VisitorKey) -> None:
        """Have a link and a code mailed to the address of what the browser reads, if it may be.

        Nothing tells the browser whether a mail leaves.
        """
        due = retry_races(self.database, lambda connection: self._ask(connection, browser))
        self.doorbell.ring(*due)

    def try_code(self, browser: VisitorKey, code: str) -> bool:
        """Take a code that the browser asked for: the address is proved. False: it is not right."""

        def write(connection: sa.Connection) -> list[ChangeSignal] | None:
            return self._try_code(connection, browser, code)

        hints = retry_races(self.database, write)
        self.doorbell.hint(*(hints or ()))
        return hints is not None

    def _ask(self, connection: sa.Connection, browser: VisitorKey) -> list[int]:
        now = self.clock()
        thread = _hold(connection, _find_read(connection, browser))
        talk = thread.conversation if thread else None
        if thread is None or talk is None or thread.conversation_id is None:
            return []
        email = _wanted(talk, is_former=_is_former(connection, thread, browser))
        if email is None or not may_ask(connection, thread.conversation_id, now):
            return []
        proof = add_proof_wish(connection, thread.conversation_id, browser, email, now)
        batch = Batch(connection, now)
        order_proof(batch, thread, proof)
        return batch.save()

    def _try_code(
        self, connection: sa.Connection, browser: VisitorKey, code: str
    ) -> list[ChangeSignal] | None:
        now = self.clock()
        asked = find_open(connection, browser, now)
        thread = _hold(connection, asked.conversation_id) if asked else None
        asked = find_asked(connection, asked.id) if asked else None  # as it is now that it is held
        if asked is None or thread is None:
            return None
        address = _address(asked, thread)
        if address is None or not asked.is_code(code):
            count_try(connection, asked.id)
            return None
        end_proofs(connection, asked.conversation_id, asked.email, now)
        batch = Batch(connection, now)
        prove(batch, thread, Proof(address, browser))
        batch.save()
        return batch.hints()


def _find_read(connection: sa.Connection, browser: VisitorKey) -> ConversationId | None:
    known = find_conversation_id(connection, browser)
    if known is not None:
        return known
    former = find_former(connection, browser)
    return former.conversation_id if former else None


def _hold(connection: sa.Connection, id: ConversationId | None) -> VisitorState | None:
    return lock_conversations(connection, [id]).get(id) if id is not None else None


def _is_former(connection: sa.Connection, thread: VisitorState, browser: VisitorKey) -> bool:
    if thread.conversation_id is None or thread.place == browser:
        return False
    return find_former(connection, browser, thread.conversation_id) is not None


def _wanted(talk: Conversation, *, is_former: bool) -> str | None:
    """Say which address is to be proved; None: none, or the browser has proved it."""
    if is_former:
        return talk.proved_email
    return talk.beside_email if talk.proved_email else talk.email


def _address(asked: AskedProof, thread: VisitorState) -> Address | None:
    talk = thread.conversation
    if talk is None or asked.email not in talk.own_emails:
        return None
    address = validate(asked.email)
    return address if isinstance(address, Address) else None
