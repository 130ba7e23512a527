"""Takes what is due into a worker's hand, after a last look at whether it should still happen."""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.apply import apply, deadline
from bot.core.decisions import AskForEmail
from bot.core.events import PromptCameDue, PromptFailed
from bot.core.model import Author, CaptureState, Kind, Place, Status
from bot.core.wording import texts
from bot.delivery.gates import Gate
from bot.hints import Hint
from bot.ports import Choice, Outgoing
from bot.storage.accounts import lock_account, save_account
from bot.storage.batch import Batch
from bot.storage.deletion_requests import RequestState, end_request
from bot.storage.message_rows import Delivery, NewMessage
from bot.storage.messages import set_delivery
from bot.storage.outbox import (
    DueRow,
    Hold,
    find_due,
    find_visitors,
    lock_rows,
    prolong,
    settle,
    take,
)
from bot.storage.outbox_rows import OutboxState, Work
from bot.storage.threads import Thread, lock_visitors
from config.rules import CaptureRules

LEASE = timedelta(seconds=60)
WINDOW_OVER = "Outside the time in which the channel lets us answer."
NOT_OURS = "Another app has the conversation."
NO_LONGER_ASKED = "No longer needed: the visitor was answered, or has given an email."
NOT_FOUND_OUT = "Nobody could say in time who it is."
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Claimed:
    """What one worker has taken, and where something was said or settled on the way."""

    claims: list["Claim"] = field(default_factory=list)
    hints: list[Hint] = field(default_factory=list)
    found: bool = False
    """Something was due: there may be more, even where nothing had to be taken."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One piece of work in a worker's hand."""

    hold: Hold
    kind: Work
    place: Place
    attempts: int
    author: Author | None = None
    outgoing: Outgoing | None = None


def claim_due(connection: sa.Connection, rules: CaptureRules, now: datetime, limit: int) -> Claimed:
    """Take up to `limit` rows; what should not happen any more is settled on the spot."""
    ids = find_due(connection, now, limit)
    if not ids:
        return Claimed()
    threads = lock_visitors(connection, find_visitors(connection, ids))
    rows = [row for row in lock_rows(connection, ids) if row.state is OutboxState.PENDING]
    clerk = _Clerk(Batch(connection, now), rules, _open_gates(connection, rows, rules, now))
    for row in rows:
        clerk.consider(row, threads.get(row.visitor_id) if row.visitor_id else None)
    clerk.finish()
    return Claimed(clerk.claims, clerk.batch.hints(), found=True)


def _open_gates(
    connection: sa.Connection, rows: list[DueRow], rules: CaptureRules, now: datetime
) -> dict[tuple[str, str], Gate]:
    keys = sorted(
        {
            (row.channel, row.account)
            for row in rows
            if not rules.for_channel(row.channel).row_is_delivery
        }
    )
    return {key: Gate(lock_account(connection, *key, now), now) for key in keys}


@dataclass(slots=True)
class _Held:
    row: DueRow
    place: Place
    outgoing: Outgoing | None = None
    message: NewMessage | None = None


@dataclass(slots=True)
class _Clerk:
    batch: Batch
    rules: CaptureRules
    gates: dict[tuple[str, str], Gate]
    held: list[_Held] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)

    def consider(self, row: DueRow, thread: Thread | None) -> None:
        """Take the row, settle it, or leave it where it is."""
        if row.kind is Work.DELETE_PERSON:
            self._consider_deletion(row)
        elif thread is None:
            self._end(row, OutboxState.CANCELLED, "The visitor was erased.")
        elif self._is_over(row, thread):
            self._let_expire(row, thread)
        else:
            self._prolong(row, thread)
            self._if_open(row, lambda: self._take(row, thread))

    def _consider_deletion(self, row: DueRow) -> None:
        if row.deadline is not None and row.deadline <= self.batch.now:
            self._end(row, OutboxState.DEAD, NOT_FOUND_OUT)
            end_request(self.batch.connection, row.id, RequestState.FAILED, self.batch.now)
            _log.error("deletion request failed", extra={"app": row.account})
        else:
            self._if_open(row, lambda: self.held.append(_Held(row, _person(row))))

    def _if_open(self, row: DueRow, take: Callable[[], None]) -> None:
        gate = self.gates.get((row.channel, row.account))
        if gate is None or gate.is_open():
            before = len(self.held)
            take()
            if gate and len(self.held) > before:
                gate.let_pass()

    def finish(self) -> None:
        """Write everything down; only then do messages have ids."""
        connection, now = self.batch.connection, self.batch.now
        self.batch.save()
        for held in self.held:
            message_id = held.message.id if held.message else held.row.message_id
            hold = Hold(held.row.id, secrets.token_hex(8), now + LEASE, message_id)
            take(connection, hold, now)
            if self._is_delivered_by_row(held.row):
                settle(connection, hold, OutboxState.SENT, now, None)
            else:
                self.claims.append(self._claim(held, hold))
        for gate in self.gates.values():
            if gate.changed:
                save_account(connection, gate.account, now)

    def _take(self, row: DueRow, thread: Thread) -> None:
        match row.kind:
            case Work.CAPTURE_PROMPT if row.message_id is None:
                self._take_prompt(row, thread)
            case Work.CAPTURE_PROMPT if not _is_still_asked(thread):
                self._end(row, OutboxState.CANCELLED, NO_LONGER_ASKED, thread)
            case Work.CAPTURE_PROMPT:
                self.held.append(
                    _Held(row, thread.place, self._prompt(row, thread, row.text or ""))
                )
            case Work.DELIVER if _is_bots_and_not_ours(row, thread):
                self._end(row, OutboxState.CANCELLED, NOT_OURS)
            case Work.DELIVER:
                self.held.append(_Held(row, thread.place, _delivery(row)))
            case Work.FETCH_PROFILE:
                self.held.append(_Held(row, thread.place))

    def _take_prompt(self, row: DueRow, thread: Thread) -> None:
        decisions = apply(self.batch, thread, PromptCameDue(self.batch.now), self.rules)
        ask = next((one for one in decisions if isinstance(one, AskForEmail)), None)
        if ask is None:
            return  # the decisions have settled or moved the row
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
        self.held.append(_Held(row, thread.place, outgoing, message))

    def _prompt(self, row: DueRow, thread: Thread, text: str) -> Outgoing:
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

    def _claim(self, held: _Held, hold: Hold) -> Claim:
        author = Author(held.row.author) if held.row.author else Author.BOT
        row = held.row
        return Claim(hold, row.kind, held.place, row.attempts, author, held.outgoing)

    def _is_over(self, row: DueRow, thread: Thread) -> bool:
        speaks = row.kind is Work.CAPTURE_PROMPT or row.message_id
        end = deadline(thread, self.rules) if speaks else row.deadline
        return end is not None and end <= self.batch.now

    def _let_expire(self, row: DueRow, thread: Thread) -> None:
        if row.kind is Work.CAPTURE_PROMPT and row.message_id is None:
            self._take_prompt(row, thread)  # it is not sent so late, but the core says why
        else:
            self._end(row, OutboxState.EXPIRED, WINDOW_OVER, thread)

    def _prolong(self, row: DueRow, thread: Thread) -> None:
        """Let a row wait on where the visitor has written since; else it is handed out for ever."""
        if row.deadline is not None and row.deadline <= self.batch.now:
            prolong(self.batch.connection, row.id, deadline(thread, self.rules))

    def _is_delivered_by_row(self, row: DueRow) -> bool:
        return self.rules.for_channel(row.channel).row_is_delivery

    def _end(
        self, row: DueRow, state: OutboxState, reason: str, thread: Thread | None = None
    ) -> None:
        connection, now = self.batch.connection, self.batch.now
        settle(connection, Hold(row.id), state, now, reason)
        if row.message_id:
            set_delivery(connection, row.message_id, Delivery.FAILED, now, reason)
        if row.kind is Work.CAPTURE_PROMPT and thread:  # nobody has seen it: it asked nothing
            apply(self.batch, thread, PromptFailed(now, reason), self.rules)


def _person(row: DueRow) -> Place:
    return Place(row.channel, row.account, (row.payload or {})["person"])


def _delivery(row: DueRow) -> Outgoing:
    choices = (row.payload or {}).get("choices", [])
    return Outgoing(
        row.text or "",
        metadata=f"ob:{row.id}",
        choices=tuple(Choice(choice, choice) for choice in choices),
    )


def _is_bots_and_not_ours(row: DueRow, thread: Thread) -> bool:
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
