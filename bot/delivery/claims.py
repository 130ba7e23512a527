"""Takes what is due into a worker's hand, after a last look at whether it should still happen."""

import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from bot.apply import apply, deadline
from bot.core.decisions import AskForEmail
from bot.core.events import PromptCameDue, PromptFailed
from bot.core.model import (
    Author,
    CaptureState,
    Kind,
    MessageId,
    OutboxId,
    Place,
    Status,
    VisitorId,
)
from bot.core.wording import texts
from bot.delivery.gates import Gate, is_proved
from bot.hints import Hint
from bot.ports import Choice, Outgoing
from bot.storage.batch import Batch
from bot.storage.deletion_requests import RequestState, end_request
from bot.storage.message_rows import Delivery, NewMessage
from bot.storage.outbox.accounts import (
    Account,
    AccountKey,
    find_accounts,
    lock_accounts,
    save_accounts,
)
from bot.storage.outbox.due import LEASE, Queue, hold_due
from bot.storage.outbox.held import HeldRow, hold_rows, save_rows
from bot.storage.outbox.rows import OutboxState, Work
from bot.storage.threads import Thread, lock_visitors
from config.rules import CaptureRules

WINDOW_OVER = "Outside the time in which the channel lets us answer."
NOT_OURS = "Another app has the conversation."
NO_LONGER_ASKED = "No longer needed: the visitor was answered, or has given an email."
NOT_FOUND_OUT = "Nobody could say in time who it is."
QUEUES = (
    Queue((Work.DELIVER,), in_order=True),
    Queue((Work.CAPTURE_PROMPT, Work.FETCH_PROFILE, Work.DELETE_PERSON)),
)
"""Messages first: an agent's reply waits for no prompt, and no prompt for it."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Claim:
    """One piece of work in a worker's hand."""

    id: OutboxId
    lease: str
    kind: Work
    place: Place
    attempts: int
    visitor_id: VisitorId | None = None
    message_id: MessageId | None = None
    outgoing: Outgoing | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """What one worker has taken, and where something was said or settled on the way."""

    claims: list[Claim] = field(default_factory=list)
    hints: list[Hint] = field(default_factory=list)
    found: bool = False
    """Something was due: there may be more, even where nothing had to be taken."""
    moved: bool = False
    """Something became of it; else somebody else holds it just now."""

    def and_also(self, other: "Claimed") -> "Claimed":
        """Put two claims together."""
        return Claimed(
            self.claims + other.claims,
            self.hints + other.hints,
            found=self.found or other.found,
            moved=self.moved or other.moved,
        )


@dataclass(frozen=True, slots=True)
class DueRows:
    """Rows of a queue that are due, and how many of them may be taken."""

    queue: Queue
    ids: Sequence[OutboxId]
    limit: int


def claim(connection: sa.Connection, due: DueRows, rules: CaptureRules, now: datetime) -> Claimed:
    """Take what was found; what should not happen any more is settled on the spot.

    The number of statements does not depend on the number of rows.
    """
    rows = hold_rows(connection, hold_due(connection, due.ids, due.queue, now, due.limit))
    if not rows:
        return Claimed(found=True)
    visitors = {row.visitor_id for row in rows if row.visitor_id}
    threads = lock_visitors(connection, visitors)
    batch = Batch(connection, now, rules.announces)
    clerk = _Clerk(batch, rules, _open_gates(connection, rows, rules, now))
    for row in rows:
        if row.is_due(due.queue, now):
            clerk.consider(row, threads.get(row.visitor_id) if row.visitor_id else None)
    clerk.finish(rows)
    return Claimed(clerk.claims, clerk.batch.hints(), found=True, moved=True)


def _open_gates(
    connection: sa.Connection, rows: list[HeldRow], rules: CaptureRules, now: datetime
) -> dict[AccountKey, Gate]:
    keys = {
        (row.channel, row.account)
        for row in rows
        if not rules.for_channel(row.channel).row_is_delivery
    }
    known: dict[AccountKey, Account] = find_accounts(connection, keys)
    # who is open for all is not held: everybody would queue for the same page's row
    doubtful = {key for key in keys if key not in known or not is_proved(known[key], now)}
    known |= lock_accounts(connection, doubtful, now)
    return {key: Gate(account, now) for key, account in known.items()}


@dataclass(slots=True)
class _Taken:
    row: HeldRow
    place: Place
    outgoing: Outgoing | None = None
    message: NewMessage | None = None


@dataclass(slots=True)
class _Clerk:
    batch: Batch
    rules: CaptureRules
    gates: dict[AccountKey, Gate]
    taken: list[_Taken] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)

    def consider(self, row: HeldRow, thread: Thread | None) -> None:
        """Take the row, settle it, or leave it where it is."""
        if row.kind is Work.DELETE_PERSON:
            self._consider_deletion(row)
        elif thread is None:
            self._end(row, OutboxState.CANCELLED, "The visitor was erased.")
        elif self._is_over(row, thread):
            self._let_expire(row, thread)
        else:
            if row.deadline is not None and row.deadline <= self.batch.now:
                # the visitor has written since; without this it would be handed out for ever
                row.prolong(deadline(thread, self.rules))
            self._if_open(row, lambda: self._take(row, thread))

    def _consider_deletion(self, row: HeldRow) -> None:
        if row.deadline is not None and row.deadline <= self.batch.now:
            self._end(row, OutboxState.DEAD, NOT_FOUND_OUT)
            end_request(self.batch.connection, row.id, RequestState.FAILED, self.batch.now)
            _log.error("deletion request failed", extra={"app": row.account})
        else:
            self._if_open(row, lambda: self.taken.append(_Taken(row, _person(row))))

    def _if_open(self, row: HeldRow, take: Callable[[], None]) -> None:
        gate = self.gates.get((row.channel, row.account))
        if gate is None or gate.is_open():
            before = len(self.taken)
            take()
            if gate and len(self.taken) > before:
                gate.let_pass()

    def finish(self, rows: list[HeldRow]) -> None:
        """Write everything down; only then do messages have ids."""
        connection, now = self.batch.connection, self.batch.now
        self.batch.save()
        for taken in self.taken:
            row = taken.row
            if taken.message:
                row.message_id = taken.message.id
            row.take(secrets.token_hex(8), now + LEASE, now)
            if self._is_delivered_by_row(row):
                row.settle(OutboxState.SENT, now, None)
            else:
                self.claims.append(_claim(taken))
        save_rows(connection, rows)
        changed = [gate.account for gate in self.gates.values() if gate.changed]
        save_accounts(connection, changed, now)

    def _take(self, row: HeldRow, thread: Thread) -> None:
        match row.kind:
            case Work.CAPTURE_PROMPT if row.message_id is None:
                self._take_prompt(row, thread)
            case Work.CAPTURE_PROMPT if not _is_still_asked(thread):
                self._end(row, OutboxState.CANCELLED, NO_LONGER_ASKED, thread)
            case Work.CAPTURE_PROMPT:
                outgoing = self._prompt(row, thread, row.text or "")
                self.taken.append(_Taken(row, thread.place, outgoing))
            case Work.DELIVER if _is_bots_and_not_ours(row, thread):
                self._end(row, OutboxState.CANCELLED, NOT_OURS)
            case Work.DELIVER:
                self.taken.append(_Taken(row, thread.place, _delivery(row)))
            case Work.FETCH_PROFILE:
                self.taken.append(_Taken(row, thread.place))

    def _take_prompt(self, row: HeldRow, thread: Thread) -> None:
        decisions = apply(self.batch, thread, PromptCameDue(self.batch.now), self.rules)
        ask = next((one for one in decisions if isinstance(one, AskForEmail)), None)
        if ask is None:
            row.leave()  # the decisions have settled or moved it
            return
        message = self.batch.add_message(
            NewMessage(
                thread,
                Author.BOT,
                ask.text,
                at=self.batch.now,
                created_at=self.batch.now,
                kind=Kind.CAPTURE_PROMPT,
                client_key=f"prompt:{thread.conversation_id}",
                delivery=Delivery.SENT if self._is_delivered_by_row(row) else Delivery.PENDING,
            )
        )
        outgoing = self._prompt(row, thread, ask.text)
        self.taken.append(_Taken(row, thread.place, outgoing, message))

    def _prompt(self, row: HeldRow, thread: Thread, text: str) -> Outgoing:
        conversation = thread.conversation
        words = texts((conversation and conversation.locale) or self.rules.locale)
        confirms = bool(conversation and conversation.capture.confirm_email)
        return Outgoing(
            text,
            metadata=f"ob:{row.id}",
            asks_for_email=not confirms,
            decline_label=words.no_thanks,
            choices=(Choice(words.yes, words.yes),) if confirms else (),
        )

    def _is_over(self, row: HeldRow, thread: Thread) -> bool:
        speaks = row.kind is Work.CAPTURE_PROMPT or row.message_id
        end = deadline(thread, self.rules) if speaks else row.deadline
        return end is not None and end <= self.batch.now

    def _let_expire(self, row: HeldRow, thread: Thread) -> None:
        if row.kind is Work.CAPTURE_PROMPT and row.message_id is None:
            self._take_prompt(row, thread)  # it is not sent so late, but the core says why
        else:
            self._end(row, OutboxState.EXPIRED, WINDOW_OVER, thread)

    def _is_delivered_by_row(self, row: HeldRow) -> bool:
        return self.rules.for_channel(row.channel).row_is_delivery

    def _end(
        self, row: HeldRow, state: OutboxState, reason: str, thread: Thread | None = None
    ) -> None:
        now = self.batch.now
        row.settle(state, now, reason)
        row.deliver(Delivery.FAILED, now, reason)
        if row.kind is Work.CAPTURE_PROMPT and thread:  # nobody has seen it: it asked nothing
            apply(self.batch, thread, PromptFailed(now, reason), self.rules)


def _claim(taken: _Taken) -> Claim:
    row = taken.row
    return Claim(
        row.id,
        row.lease or "",
        row.kind,
        taken.place,
        row.attempts - 1,
        row.visitor_id,
        row.message_id,
        taken.outgoing,
    )


def _person(row: HeldRow) -> Place:
    return Place(row.channel, row.account, (row.payload or {})["person"])


def _delivery(row: HeldRow) -> Outgoing:
    choices = (row.payload or {}).get("choices", [])
    return Outgoing(
        row.text or "",
        metadata=f"ob:{row.id}",
        choices=tuple(Choice(choice, choice) for choice in choices),
    )


def _is_bots_and_not_ours(row: HeldRow, thread: Thread) -> bool:
    conversation = thread.conversation
    return row.author == Author.BOT and bool(conversation and conversation.owned_elsewhere)


def _is_still_asked(thread: Thread) -> bool:
    """Whether a prompt whose request surely failed is still worth another one."""
    conversation = thread.conversation
    return (
        conversation is not None
        and conversation.capture.state is CaptureState.ASKED
        and conversation.status is Status.OPEN
        and not conversation.owned_elsewhere
        and (conversation.unanswered > 0 or conversation.capture.by_hand)
    )
