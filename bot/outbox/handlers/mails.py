"""Mails to visitors: one row is one mail, which tells all that is unread; each at most once."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.follow_ups.letter import Letter, Stationery
from bot.follow_ups.notes import add_note
from bot.mail.smtp import Mailer
from bot.mail.ways import MAIL_SERVER
from bot.outbox.contract import Ended, Handler, Job
from bot.outbox.handlers.mail_drafts import Draft, LetterDesk, address_of, fill_in
from bot.outbox.handlers.speaking import DELIVERIES, ERASED
from bot.outbox.holding import Held
from bot.outbox.retrying import Retry, doubling
from bot.ports.channels import Receipt
from bot.ports.errors import Cause, SendError, UndeliverableError
from bot.storage.contacts.withdrawals import find_withdrawn
from bot.storage.conversations.proofs import find_all_asked
from bot.storage.mails.mail_drafts import find_under_way
from bot.storage.mails.mails import forget_mails
from bot.storage.mails.suppressions import Reason, Signal, Silence, find_silences, suppress
from bot.storage.outbox.due import LONG_LEASE
from bot.storage.outbox.faulty import FaultyRow, fail_waiting_message
from bot.storage.outbox.held import HeldRow
from bot.storage.outbox.mail_rows import is_by_hand, proof_of
from bot.storage.outbox.rows import OutboxState, Work
from bot.storage.visitors.message_rows import Delivery

TOO_LATE = "It could not be mailed in time."
NOT_ASKED = "The address was proved meanwhile, or is no longer to be proved."
NO_ADDRESS = "No email address is known."
SEEN = "The visitor has seen it, or it was in an earlier mail."
BEHIND_ANOTHER = "Another mail of this conversation is under way."
WITHDRAWN = "The visitor no longer agrees that its address is kept."
NOT_THEIRS = "The address's owner says that it was somebody else who gave it."
ENOUGH = "Enough mails for one day have gone to this address."
NOT_DELIVERED = (
    "Our mail to {email} could not be delivered: there is no such address. No more will be sent."
)
_SILENCED = {
    Silence.UNSUBSCRIBED: "The visitor wants no mails from conversations.",
    Silence.BOUNCED: "Mails to this address come back.",
    Silence.COMPLAINED: "The visitor has complained about our mails.",
}
_REFUSED = Reason(Silence.BOUNCED, Signal.REFUSAL)
_A_WHILE = timedelta(seconds=5)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class MailHandler(Handler[Letter]):
    """Mails a visitor what agents wrote. A sibling waits until the mail before it is settled."""

    stationery: Stationery
    mailer: Mailer

    kinds = (Work.FOLLOW_UP,)
    retry = Retry(doubling(timedelta(seconds=5), timedelta(minutes=30)), most=30)
    way = MAIL_SERVER
    lease = LONG_LEASE
    holds_accounts = True  # what goes to an address is counted over all conversations

    def consider(self, rows: Sequence[HeldRow], held: Held) -> Iterator[Job[Letter]]:
        """Mail what is still unread, if the address may get a mail now."""
        drafts = self._unhindered(_alone(list(self._addressed(rows, held)), held), held)
        desk = LetterDesk.open(drafts, held)
        for draft in drafts:
            if again_at := desk.when_allowed(draft):
                draft.row.postpone(again_at, ENOUGH, counts=True)
            elif held.may_leave(draft.row):
                yield Job(draft.row, desk.write(draft))
        desk.save()

    def attempt(self, job: Job[Letter]) -> Receipt:
        """Hand the mail in."""
        return self.mailer.send(self.stationery.write(job.what))

    def settle_all(self, ended: Sequence[Ended[Letter]], held: Held) -> None:
        """Take back the notes of mails that surely did not leave, and give dead addresses up."""
        super().settle_all(ended, held)
        failed = [one for one in ended if isinstance(one.outcome, SendError | UndeliverableError)]
        forget_mails(held.connection, [letter.key for _, _, letter in failed if letter])
        gone = [(row, letter) for row, error, letter in failed if letter and _is_gone(error)]
        for row, letter in gone:
            suppress(held.connection, letter.email_key, _REFUSED, held.now, letter.to)
            _tell_team(row, NOT_DELIVERED.format(email=letter.to), held)
        for row, *_ in ended:
            _note(row)

    def follow_up(self, row: HeldRow, held: Held) -> None:
        """Show how it went with a reply that has no other way to the visitor."""
        if is_by_hand(row):
            row.deliver(DELIVERIES.get(row.state, Delivery.FAILED), held.now, row.reason)

    def bury(self, connection: sa.Connection, row: FaultyRow, reason: str, now: datetime) -> None:
        """Show that a reply which waits for its mail was not delivered."""
        fail_waiting_message(connection, row.message_id, reason, now)

    def _addressed(self, rows: Sequence[HeldRow], held: Held) -> Iterator[Draft]:
        wishes = find_all_asked(held.connection, filter(None, map(proof_of, rows)))
        for row in rows:
            thread, asked = held.thread(row), wishes.get(proof_of(row) or 0)
            own = held.rules.own_addresses
            address = address_of(thread, asked, own) if thread else None
            if thread is None or thread.conversation is None:
                self._refuse(row, OutboxState.CANCELLED, ERASED, held)
            elif proof_of(row) and asked is None:
                self._refuse(row, OutboxState.CANCELLED, NOT_ASKED, held)
            elif address is None:
                self._refuse(row, OutboxState.CANCELLED, NO_ADDRESS, held)
            else:
                yield Draft(row, thread, address, asked=asked)

    def _unhindered(self, drafts: Sequence[Draft], held: Held) -> list[Draft]:
        fill_in(drafts, held)
        silences = find_silences(held.connection, {draft.address.key for draft in drafts})
        withdrawn = find_withdrawn(held.connection, {draft.claim for draft in drafts})
        for draft in drafts:
            silence = silences.get(draft.address.key)
            is_theirs = draft.claim not in withdrawn
            if hindrance := _hindrance(draft, silence, held.now, is_theirs=is_theirs):
                self._refuse(draft.row, *hindrance, held)
                if draft.replies and not is_by_hand(draft.row):  # the team counts on the mail
                    _tell_team(draft.row, f"Not mailed: {hindrance[1]}", held)
        return [draft for draft in drafts if draft.row.state is OutboxState.PENDING]

    def _refuse(self, row: HeldRow, state: OutboxState, reason: str, held: Held) -> None:
        held.end(row, state, reason)
        self.follow_up(row, held)
        _note(row)


def _alone(drafts: Sequence[Draft], held: Held) -> list[Draft]:
    """Keep one draft for each conversation; its siblings wait until that mail is settled."""
    under_way = find_under_way(held.connection, {draft.conversation_id for draft in drafts})
    first = {draft.conversation_id: draft for draft in reversed(drafts)}
    for draft in drafts:
        if draft.conversation_id in under_way or first[draft.conversation_id] is not draft:
            draft.row.postpone(held.now + _A_WHILE, BEHIND_ANOTHER, counts=True)
    return [draft for draft in first.values() if draft.conversation_id not in under_way]


def _hindrance(
    draft: Draft, silence: Silence | None, now: datetime, *, is_theirs: bool
) -> tuple[OutboxState, str] | None:
    if draft.row.deadline is not None and draft.row.deadline <= now:
        return OutboxState.EXPIRED, TOO_LATE
    if silence:
        return OutboxState.CANCELLED, _SILENCED[silence]
    if draft.is_withdrawn:
        return OutboxState.CANCELLED, WITHDRAWN
    if not is_theirs and not draft.is_proved:
        return OutboxState.CANCELLED, NOT_THEIRS
    return None if draft.is_needed else (OutboxState.CANCELLED, SEEN)


def _is_gone(error: object) -> bool:
    return isinstance(error, UndeliverableError) and error.cause is Cause.RECIPIENT_GONE


def _tell_team(row: HeldRow, words: str, held: Held) -> None:
    if thread := held.thread(row):
        add_note(held.batch, thread, words)


def _note(row: HeldRow) -> None:
    told = {"outbox_id": row.id, "conversation": row.conversation_id, "why": row.reason}
    level = logging.WARNING if row.state is OutboxState.UNKNOWN else logging.INFO
    _log.log(level, "mail waits" if row.settled_at is None else f"mail {row.state}", extra=told)
