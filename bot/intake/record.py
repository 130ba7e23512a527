"""Turns what channels report into the rows of one transaction, oldest report first."""

from collections.abc import Sequence
from dataclasses import InitVar, dataclass, field, replace
from datetime import datetime
from typing import assert_never

import sqlalchemy as sa

from bot.apply import apply, fresh_conversation
from bot.core.arrivals import (
    Arrival,
    EchoSeen,
    EchoUnsent,
    GuestFlagged,
    MessageReacted,
    MessagesDelivered,
    MessagesSeen,
    Taken,
    VisitorIdentified,
)
from bot.core.decide import decide
from bot.core.decisions import CaptureEmail, RefuseEmail, RequireConsent
from bot.core.events import (
    AgentReplied,
    EmailGiven,
    PromptDeclined,
    ThreadReturned,
    ThreadTaken,
    VisitorEdited,
    VisitorUnsent,
    VisitorWrote,
    WindowOpened,
)
from bot.core.lateness import answers, is_answered
from bot.core.model import Author, VisitorKey
from bot.intake.echoes import EchoJudge
from bot.intake.lookup import Lookup, key_of_quoted, look_up, provider_key
from bot.intake.message_changes import MessageChanges
from bot.intake.second_address import ask_to_prove
from bot.intake.visitors import Visitors, assurance_of, learn_language, learn_zone
from bot.storage.files.files import is_copied
from bot.storage.outbox.rows import order_file
from bot.storage.visitors.batch import Batch
from bot.storage.visitors.dedupe import KnownSend
from bot.storage.visitors.message_rows import BY_MAIL, OTHER_APP, Delivery, NewMessage
from bot.storage.visitors.visitor_states import VisitorState
from config.rules import CaptureRules


@dataclass(frozen=True, slots=True)
class Record:
    """Arrivals that are decided on; the batch is for the caller to save."""

    batch: Batch
    taken: list[Taken | None]
    """What became of each arrival; None: it was known before, or is of somebody erased."""

    def save(self, *, last: bool = False) -> list[int]:
        """Write everything as a batch's `save` does."""
        return self.batch.save(last=last)


def record(
    connection: sa.Connection, arrivals: Sequence[Arrival], rules: CaptureRules, now: datetime
) -> Record:
    """Decide on all arrivals, oldest first."""
    recalled = look_up(connection, arrivals)
    arrivals = recalled.arrivals
    batch = Batch(connection, now, rules.announces, recalled.reserved)
    echoes = EchoJudge.read(connection, batch, arrivals)
    recorder = _Recorder(batch, rules, recalled, echoes)
    taken: list[Taken | None] = [None] * len(arrivals)
    for index in sorted(range(len(arrivals)), key=lambda each: arrivals[each].happened_at):
        taken[index] = one = recorder.take(arrivals[index])
        if one and rules.mails_leave and _gives_address(one):
            ask_to_prove(batch, recorder.threads, arrivals[index])
    return Record(batch, taken)


@dataclass(slots=True)
class _Recorder:
    batch: Batch
    rules: CaptureRules
    recalled: InitVar[Lookup]
    echoes: EchoJudge
    visitors: Visitors = field(init=False)
    threads: dict[VisitorKey, VisitorState] = field(init=False)
    changes: MessageChanges = field(init=False)
    sends: dict[int, KnownSend] = field(init=False)
    erased: dict[VisitorKey, datetime] = field(init=False)

    def __post_init__(self, recalled: Lookup) -> None:
        known = recalled.known
        self.changes = MessageChanges(self.batch, {**known.messages}, recalled.texts, known.unsent)
        self.threads, self.sends, self.erased = recalled.threads, recalled.sends, known.erased
        self.visitors = Visitors(self.batch, self.rules, self.threads)

    def take(self, arrival: Arrival) -> Taken | None:  # noqa: C901, PLR0912 - a line or two for each report
        report = arrival.report
        if self._is_past(arrival):
            return None
        match report:
            case VisitorWrote():
                return self._on_message(arrival, report)
            case VisitorEdited():
                self._on_edit(arrival, report)
            case VisitorUnsent() | EchoUnsent():
                self._on_unsent(arrival, report)
            case EchoSeen():
                self._on_echo(arrival, report)
            case MessageReacted():
                self._on_reaction(arrival, report)
            case EmailGiven():
                return self._on_email(arrival, report)
            case PromptDeclined() if arrival.place not in self.threads:
                return None  # a stranger was asked nothing
            case WindowOpened() | ThreadTaken() | ThreadReturned() | PromptDeclined():
                self._on_event(arrival, report)
            case GuestFlagged(guest):
                self._on_guest_flag(arrival, guest=guest)
            case VisitorIdentified(former_id):
                self.visitors.identify(arrival, former_id)
            case MessagesDelivered(watermark) | MessagesSeen(watermark):
                self._on_watermark(arrival, min(watermark, self.batch.now))
            case _:
                assert_never(report)
        return Taken()

    def _on_message(self, arrival: Arrival, report: VisitorWrote, edit: int = 0) -> Taken | None:
        key = provider_key(arrival)
        if self.changes.is_settled(key):
            return None
        thread = self.visitors.meet(arrival)
        learn_language(thread, arrival.locale)
        learn_zone(thread, arrival.zone)
        message = self.batch.add_message(
            NewMessage(
                thread,
                Author.VISITOR,
                report.text,
                at=report.at,
                created_at=self.batch.now,
                kind=report.kind,
                attachments=report.attachments,
                files=report.files,
                payload=report.payload,
                provider_key=key,
                origin=BY_MAIL if report.by_mail else None,
                audience=report.audience,
                assurance=report.assurance or assurance_of(thread),
                edit=edit,
                reply_to=key_of_quoted(arrival, report),
            )
        )
        self.changes.add(key, message)
        if report.attachments:
            self._fetch_files(message)
        talk = thread.conversation
        if talk and not talk.unanswered and is_answered(talk, report):
            thread.answered_seq = message.seq
        if arrival.visit:
            self.batch.add_visit(thread, arrival.visit)
        return Taken(tuple(apply(self.batch, thread, report, self.rules)))

    def _on_email(self, arrival: Arrival, report: EmailGiven) -> Taken:
        refused = self._refusal(report) if arrival.place not in self.threads else None
        if refused:  # of a stranger who gives no address nothing is kept
            return Taken((refused,))
        thread = self.visitors.meet(arrival)
        learn_language(thread, arrival.locale)
        return Taken(tuple(apply(self.batch, thread, report, self.rules)))

    def _refusal(self, report: EmailGiven) -> RefuseEmail | RequireConsent | None:
        nobody = fresh_conversation("")
        decisions = decide(nobody, report, self.rules)
        refusals = (RefuseEmail, RequireConsent)
        return next((each for each in decisions if isinstance(each, refusals)), None)

    def _on_edit(self, arrival: Arrival, report: VisitorEdited) -> None:
        key = provider_key(arrival) or ""
        if not self.changes.is_settled(key):
            self._on_message(arrival, self._as_message(arrival.place, report), report.edit)
            return
        thread = self.threads.get(arrival.place)
        before = self.changes.edit(thread, key, report.text, report.edit) if thread else None
        if thread and before is not None:
            apply(self.batch, thread, replace(report, before=before), self.rules)

    def _as_message(self, place: VisitorKey, edit: VisitorEdited) -> VisitorWrote:
        """Take an edit for the message itself, which has not come yet and need not any more."""
        thread = self.threads.get(place)
        elsewhere = bool(thread and thread.conversation and thread.conversation.owned_elsewhere)
        return VisitorWrote(edit.text, edit.at, edit.received_at, overheard=elsewhere)

    def _on_unsent(self, arrival: Arrival, report: VisitorUnsent | EchoUnsent) -> None:
        thread, key = self.threads.get(arrival.place), provider_key(arrival) or ""
        incoming = isinstance(report, VisitorUnsent)
        self.changes.keep_out(arrival.place, key)
        taken = self.changes.take_back(thread, key, incoming=incoming) if thread else None
        if thread is None or taken is None:
            return
        thread.conversation_changed = True
        self.batch.touch(thread)
        if isinstance(report, VisitorUnsent):
            seq, text = taken
            event = replace(report, unanswered=seq > thread.answered_seq, text=text)
            apply(self.batch, thread, event, self.rules)

    def _on_echo(self, arrival: Arrival, report: EchoSeen) -> None:
        key = provider_key(arrival)
        send = self.sends.get(report.outbox_id or 0)
        if key in self.changes.known or (key in self.changes.unsent and send is None):
            return
        if report.outbox_id and send is None and arrival.place in self.erased:
            return  # it was under way when the visitor was erased, and everything of it with them
        thread = self.visitors.meet(arrival)
        if send and send.visitor_id == thread.visitor_id and key:
            self.batch.confirm_by_echo(send.message_id, key)
            self.changes.know_sent(thread, key, send.message_id)
            return
        automatic = self.echoes.is_automatic(thread, report)
        message = self.batch.add_message(
            NewMessage(
                thread,
                Author.BOT if automatic else Author.AGENT,
                report.text,
                at=report.at,
                created_at=self.batch.now,
                attachments=report.attachments,
                provider_key=key,
                origin=OTHER_APP,
                delivery=Delivery.SENT,
                reply_to=key_of_quoted(arrival, report),
            )
        )
        self.changes.add(key, message)
        if report.attachments:
            self._fetch_files(message)
        if automatic:
            self._keep_waiting(thread)
        else:
            self._take_reply(thread, message)

    def _on_reaction(self, arrival: Arrival, report: MessageReacted) -> None:
        thread, key = self.threads.get(arrival.place), provider_key(arrival) or ""
        if thread and self.changes.react(thread, report, key):
            thread.conversation_changed = True
            self.batch.touch(thread)

    def _keep_waiting(self, thread: VisitorState) -> None:
        if thread.conversation is None:
            thread.conversation = fresh_conversation(thread.place.channel)
        thread.conversation_changed = True

    def _take_reply(self, thread: VisitorState, message: NewMessage) -> None:
        reply = AgentReplied(self.batch.now, message.at)
        if thread.conversation is None or answers(thread.conversation, reply):
            thread.answered_seq = message.seq
        apply(self.batch, thread, reply, self.rules)

    def _on_event(
        self, arrival: Arrival, report: WindowOpened | ThreadTaken | ThreadReturned | PromptDeclined
    ) -> None:
        thread = self.visitors.meet(arrival)
        if thread.conversation:
            apply(self.batch, thread, report, self.rules)

    def _on_guest_flag(self, arrival: Arrival, *, guest: bool) -> None:
        thread = self.visitors.meet(arrival)
        thread.guest, thread.visitor_changed = guest, True

    def _on_watermark(self, arrival: Arrival, watermark: datetime) -> None:
        thread = self.threads.get(arrival.place)
        if not thread or not thread.conversation:
            return
        if isinstance(arrival.report, MessagesSeen):
            thread.seen_up_to = max(thread.seen_up_to or watermark, watermark)
        thread.delivered_up_to = max(thread.delivered_up_to or watermark, watermark)
        thread.conversation_changed = True
        self.batch.touch(thread)

    def _fetch_files(self, message: NewMessage) -> None:
        if self.rules.for_channel(message.thread.place.channel).lends_files:
            for position, part in enumerate(message.attachments):
                if is_copied(part):
                    self.batch.add_order(order_file(message, position, self.batch.now))

    def _is_past(self, arrival: Arrival) -> bool:
        """Say whether an arrival is from before an erasure, or too old of nobody known."""
        at, kept_for = arrival.happened_at, self.rules.kept_for
        if kept_for and arrival.place not in self.threads and at < self.batch.now - kept_for:
            return True
        erased_at = self.erased.get(arrival.place)
        return erased_at is not None and at <= erased_at


def _gives_address(taken: Taken) -> bool:
    return any(isinstance(each, CaptureEmail) for each in taken.decisions)
