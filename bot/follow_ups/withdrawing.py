"""Takes an address out of a conversation, on the word of its owner: "This wasn't me"."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from bot.apply import apply
from bot.core.emails import key_of
from bot.core.events import ContactRemoved
from bot.core.model import OF_THE_TEAM, Conversation, ConversationId
from bot.edge.signing import Signer
from bot.follow_ups.letter import NOT_ME
from bot.follow_ups.notes import tell_team
from bot.ports.doorbell import Doorbell
from bot.ports.signals import ChangeSignal
from bot.storage.contacts.withdrawals import add_withdrawal, end_links, find_origin
from bot.storage.conversations.mail_sides import find_linked
from bot.storage.conversations.proofs import end_proofs
from bot.storage.database.engine import Database
from bot.storage.database.transactions import read, retry_races
from bot.storage.mails.mails import end_reply_addresses
from bot.storage.mails.suppressions import email_hash
from bot.storage.visitors.batch import Batch
from bot.storage.visitors.visitor_states import VisitorState, lock_conversations
from config.rules import CaptureRules

WITHDRAWN = "The owner of {email} says: this wasn't me. The conversation sends no mails there."
STAYS = " The contact that the team has added stays."


@dataclass(frozen=True, slots=True)
class _Claim:
    conversation_id: ConversationId
    email_hash: str


@dataclass(frozen=True, slots=True)
class Withdrawing:
    """Reads tokens of ours; blocks, so the web calls it from threads."""

    database: Database
    rules: Callable[[], CaptureRules]
    signer: Signer
    doorbell: Doorbell
    clock: Callable[[], datetime]

    def origin(self, token: str) -> tuple[str, str] | None:
        """Name channel and account of a token's conversation; None: it is none of ours."""
        claim = self._read(token)
        if claim is None:
            return None
        origin = read(self.database, lambda found: find_origin(found, claim.conversation_id))
        return origin or ("", "")

    def withdraw(self, token: str) -> bool:
        """Take the token's address out of its conversation, once; False: it is none of ours."""
        claim = self._read(token)
        if claim is None:
            return False
        hints = retry_races(self.database, lambda connection: self._withdraw_all(connection, claim))
        self.doorbell.hint(*hints)
        return True

    def _withdraw_all(self, connection: sa.Connection, claim: _Claim) -> list[ChangeSignal]:
        """Withdraw in the conversation, and in the one that stands beside it."""
        here = claim.conversation_id
        claims = [
            replace(claim, conversation_id=one)
            for one in sorted({here, *find_linked(connection, here)})
        ]
        return [hint for one in claims for hint in self._withdraw(connection, one)]

    def _withdraw(self, connection: sa.Connection, claim: _Claim) -> list[ChangeSignal]:
        now, id_ = self.clock(), claim.conversation_id
        thread = lock_conversations(connection, [id_]).get(id_)
        email = _claimed(thread.conversation, claim) if thread and thread.conversation else None
        if thread is None or email is None:
            return []
        if not add_withdrawal(connection, claim.email_hash, id_, now):
            return []
        end_links(connection, id_, email)
        end_proofs(connection, id_, email, now)
        kept = _kept(thread, email)
        end_reply_addresses(connection, id_, kept, now)
        stays = self._take_out(connection, thread, email)
        words = WITHDRAWN.format(email=email) + (STAYS if stays else "")
        return tell_team(connection, thread, words, now)

    def _take_out(self, connection: sa.Connection, thread: VisitorState, email: str) -> bool:
        """Take the claim away; an association that an agent made stays. Says whether one does."""
        talk, batch = thread.conversation, Batch(connection, self.clock())
        if talk is None or (talk.email == email and talk.email_source in OF_THE_TEAM):
            return talk is not None
        batch.audit("visitor", "claim.withdrawn", thread)
        if talk.beside_email == email:
            thread.conversation = talk._replace(beside_email=None)
            thread.conversation_changed = True
            batch.touch(thread)
        else:
            thread.contact_id, thread.contact_assurance, thread.visitor_changed = None, None, True
            apply(batch, thread, ContactRemoved(self.clock()), self.rules())
        batch.save()
        return False

    def _read(self, token: str) -> _Claim | None:
        match self.signer.read(NOT_ME, token):
            case {"of": str(hashed), "in": int(number)}:
                return _Claim(ConversationId(number), hashed)
            case _:
                return None


def _claimed(talk: Conversation, claim: _Claim) -> str | None:
    """Find the address in a conversation, if nobody has proved it there."""
    proved = talk.proved_email and key_of(talk.proved_email)
    for email in (talk.email, talk.beside_email):
        key = key_of(email) if email else ""
        if email and key != proved and email_hash(key) == claim.email_hash:
            return email
    return None


def _kept(thread: VisitorState, email: str) -> list[str]:
    own = thread.conversation.own_emails if thread.conversation else ()
    return [key_of(one) for one in own if one != email]
