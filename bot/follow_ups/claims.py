"""Takes a mail that is due into a worker's hand, after a last look at whether it should leave."""

import hashlib
import logging
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.core.audience import Audience, owner_of
from bot.core.emails import Address, validate
from bot.core.languages import language_of
from bot.core.model import ConversationId, OutboxId
from bot.follow_ups.letter import Letter
from bot.follow_ups.notes import look_again, tell_team
from bot.follow_ups.orders import is_by_hand
from bot.hints import Hint
from bot.mail.smtp import CHANNEL, SERVER
from bot.outbox.gates import Gate
from bot.storage.mails import (
    SentMail,
    UnreadReply,
    add_mail,
    find_earlier,
    find_reply,
    find_unread,
    mailed_since,
    open_thread,
)
from bot.storage.message_rows import Delivery
from bot.storage.outbox.accounts import lock_account, save_account
from bot.storage.outbox.due import LONG_LEASE, Queue, find_due, find_visitors
from bot.storage.outbox.held import HeldRow, hold_rows, save_rows
from bot.storage.outbox.rows import OutboxState, Work
from bot.storage.return_links import make_link
from bot.storage.suppressions import Silence, find_silence
from bot.storage.threads import Thread, lock_visitors
from config.rules import CaptureRules

MAILS = Queue((Work.FOLLOW_UP,), way=(CHANNEL, SERVER))
A_DAY = timedelta(days=1)
MOST_UNPROVEN = 3
"""Mails a day to an address, as long as nobody has proved to read them there…"""
MOST = 20
"""…and once somebody has."""
ERASED = "The visitor was erased."
TOO_LATE = "It could not be mailed in time."
NO_ADDRESS = "No email address is known."
SEEN = "The visitor has seen it, or it was in an earlier mail."
ENOUGH = "Enough mails for one day have gone to this address."
_SILENCED = {
    Silence.UNSUBSCRIBED: "The visitor wants no mails from conversations.",
    Silence.BOUNCED: "Mails to this address come back.",
    Silence.COMPLAINED: "The visitor has complained about our mails.",
}
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MailClaim:
    """A mail in a worker's hand."""

    id: OutboxId
    lease: str
    attempts: int
    """Those before this one."""
    conversation_id: ConversationId
    letter: Letter


@dataclass(frozen=True, slots=True)
class Claimed:
    """What came of looking; something may have been settled without being taken."""

    claim: MailClaim | None = None
    found: bool = False
    hints: tuple[Hint, ...] = ()


def claim_mail(connection: sa.Connection, rules: CaptureRules, now: datetime) -> Claimed:
    """Take the mail that has been due for longest."""
    ids = find_due(connection, MAILS, now, 1)
    if not ids:
        return Claimed()
    threads = lock_visitors(connection, find_visitors(connection, ids))
    rows = [row for row in hold_rows(connection, ids) if row.is_due(MAILS, now)]
    if not rows:
        return Claimed(found=True)  # another worker was quicker
    [row] = rows
    # held by one at a time: what goes to an address is counted over all conversations
    gate = Gate(lock_account(connection, CHANNEL, SERVER, now), now)
    if not gate.is_open():
        return Claimed()
    thread = threads.get(row.visitor_id) if row.visitor_id else None
    clerk = _Clerk(connection, rules, now)
    claim = clerk.consider(row, thread)
    save_rows(connection, rows)
    if claim:
        gate.let_pass()
        save_account(connection, gate.account, now)
    hints = look_again(thread) if row.way else ()
    return Claimed(claim, found=True, hints=(*hints, *clerk.hints))


@dataclass(frozen=True, slots=True)
class _Clerk:
    connection: sa.Connection
    rules: CaptureRules
    now: datetime
    hints: list[Hint] = field(default_factory=list)

    def consider(self, row: HeldRow, thread: Thread | None) -> MailClaim | None:
        """Take the row, settle it, or put it off."""
        talk = thread.conversation if thread else None
        if thread is None or talk is None:
            self._end(row, OutboxState.CANCELLED, ERASED)
            return None
        address = validate(talk.mailed_email or "", self.rules.own_addresses)
        if not isinstance(address, Address):
            self._end(row, OutboxState.CANCELLED, NO_ADDRESS)
            return None
        replies = self._replies(row, thread, owner_of(address.key))
        if hindrance := self._hindrance(row, address, replies):
            self._end(row, *hindrance)
            if replies and not is_by_hand(row):  # whoever answered counts on the mail
                words = f"Not mailed: {hindrance[1]}"
                self.hints.extend(tell_team(self.connection, thread, words, self.now))
            return None
        if again_at := self._when_allowed(thread, address):
            row.postpone(again_at, ENOUGH, counts=True)
            return None
        return self._take(row, thread, address, replies)

    def _hindrance(
        self, row: HeldRow, address: Address, replies: list[UnreadReply]
    ) -> tuple[OutboxState, str] | None:
        if row.deadline is not None and row.deadline <= self.now:
            return OutboxState.EXPIRED, TOO_LATE
        if silence := find_silence(self.connection, address.key):
            return OutboxState.CANCELLED, _SILENCED[silence]
        return None if replies else (OutboxState.CANCELLED, SEEN)

    def _replies(self, row: HeldRow, thread: Thread, owner: Audience) -> list[UnreadReply]:
        if is_by_hand(row):
            return find_reply(self.connection, row.message_id or 0, owner)
        return find_unread(self.connection, _talk(row), owner, thread.seen_up_to)

    def _when_allowed(self, thread: Thread, address: Address) -> datetime | None:
        """Say when the address may get its next mail; None: now."""
        is_proven = bool(thread.conversation and thread.conversation.proved_email)
        most = MOST if is_proven else MOST_UNPROVEN
        recent = mailed_since(self.connection, address.key, self.now - A_DAY)
        return recent[most - 1] + A_DAY if len(recent) >= most else None

    def _take(
        self, row: HeldRow, thread: Thread, address: Address, replies: list[UnreadReply]
    ) -> MailClaim:
        connection, now, talk = self.connection, self.now, _talk(row)
        token = open_thread(connection, talk, address.key, now)
        key = hashlib.sha256(f"{token}\n{row.id}".encode()).hexdigest()[:32]
        letter = Letter(
            to=address.email,
            email_key=address.key,
            language=self._language(thread),
            channel=thread.place.channel,
            account=thread.place.account,
            replies=tuple(replies),
            key=key,
            earlier=find_earlier(connection, talk, address.key),
            thread_token=token,
            return_token=self._link(thread, address, talk),
        )
        first, last = replies[0].seq, replies[-1].seq
        add_mail(connection, SentMail(talk, address.key, key, first, last, now))
        claim = MailClaim(row.id, secrets.token_hex(8), row.attempts, talk, letter)
        row.take(claim.lease, now + LONG_LEASE, now)
        return claim

    def _link(self, thread: Thread, address: Address, id: ConversationId) -> str | None:
        if not self.rules.for_channel(thread.place.channel).row_is_delivery:
            return None  # there is nothing of ours to come back to
        return make_link(self.connection, id, address.email, self.now)

    def _language(self, thread: Thread) -> str:
        locale = thread.conversation.locale if thread.conversation else None
        return language_of(locale, self.rules.locale)

    def _end(self, row: HeldRow, state: OutboxState, reason: str) -> None:
        row.settle(state, self.now, reason)
        if is_by_hand(row):
            row.deliver(Delivery.FAILED, self.now, reason)
        _log.info("mail not sent", extra={"outbox_id": row.id, "why": reason})


def _talk(row: HeldRow) -> ConversationId:
    return ConversationId(row.conversation_id or 0)
