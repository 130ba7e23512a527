"""Takes what is due into a worker's hand, after a last look at whether it should still happen."""

import secrets
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

import sqlalchemy as sa

from bot.core.model import ConversationId
from bot.errands.jobs import Errandry, Job, ToChannels, ToDevice, ToMailbox, ToProgram, ToUrl
from bot.notifications.rules import (
    APART,
    Drop,
    Gather,
    Verdict,
    Wait,
    is_for,
    is_outdated,
    is_too_much,
    leave_in_peace,
    without_the_away,
)
from bot.notifications.texts import About, Notice, Writer
from bot.notifications.webhook_events import (
    WebhookEvent,
    describe_contact,
    describe_conversation,
    describe_message,
    write_event,
)
from bot.storage.contacts import find_contact
from bot.storage.errands import NewErrand, Told, add_errands, find_pending, find_told
from bot.storage.outbox.accounts import AccountState, lock_account
from bot.storage.outbox.due import LONG_LEASE, Queue, find_due, hold_due
from bot.storage.outbox.held import HeldRow, hold_rows, save_rows
from bot.storage.outbox.rows import OutboxState, Work
from bot.storage.recipients import Recipient, find_device, find_mark, find_recipients
from bot.storage.subjects import Subject, find_last_words, find_spoken, find_subjects
from bot.storage.tables import parse_time
from bot.storage.webhook_endpoints import EndpointState, find_endpoint
from config.notices import NoticeContent, NoticeRules

NOTIFY = "notify"
"""The channel under which a target's state is kept."""
_ERASED = Drop("What it was about is not there any more.")
_NOT_WANTED = Drop("Nobody wants it any more.")
TAKEN = Queue((Work.NOTIFY, Work.WEBHOOK, Work.WATCH))
AT_ONE_TARGET = 2
"""How much is under way to one target at once: one that hangs must not hold up the others."""


def busy(under_way: Counter[str]) -> list[str]:
    """Name the targets that get nothing more for the moment."""
    return [target for target, count in under_way.items() if count >= AT_ONE_TARGET]


@dataclass(slots=True)
class Taker:
    """Looks at what is due in one transaction."""

    connection: sa.Connection
    rules: NoticeRules
    now: datetime
    jobs: list[Job] = field(default_factory=list)
    _told: dict[str, list[Told]] = field(default_factory=dict)
    _gathered: dict[str, Counter[str]] = field(default_factory=dict)
    _people: dict[int, Recipient] | None = None

    def take(self, limit: int, under_way: Counter[str]) -> bool:
        """Take what may go out, so many for each target; says whether anything was due."""
        ids = find_due(self.connection, TAKEN, self.now, limit, busy(under_way))
        rows = hold_rows(self.connection, hold_due(self.connection, ids, TAKEN, self.now, limit))
        for row in rows:
            if under_way[row.target] >= AT_ONE_TARGET:
                continue
            match self._consider(row):
                case Drop(reason):
                    self._end(row, reason)
                case Wait(until, reason):
                    row.postpone(until, reason, counts=True)
                case Gather():
                    self._gathered.setdefault(row.target, Counter())[row.payload["about"]] += 1
                    self._end(row, "It was counted in a digest.")
                case what:
                    self._hold(row, what)
                    under_way[row.target] += 1
        save_rows(self.connection, rows)
        self._write_digests()
        return bool(ids)

    def _consider(self, row: HeldRow) -> Errandry | Drop | Wait | Gather:
        match row.kind:
            case Work.WATCH:
                return ToChannels()
            case Work.WEBHOOK:
                return self._to_program(row)
            case _:
                return self._consider_notice(row)

    def _consider_notice(self, row: HeldRow) -> Errandry | Drop | Wait | Gather:
        is_url = row.target in self.rules.targets
        recipient = None if is_url else self._find_recipient(row.target)
        if not is_url and recipient is None:
            return _NOT_WANTED
        about = About(row.payload["about"])
        subject = self._subject(row.conversation_id)
        if row.conversation_id and subject is None:
            return _ERASED
        verdict = self._judge_subject(row, about, subject, recipient) if subject else None
        verdict = verdict or self._judge_amount(row.target, about, subject)
        return verdict or self._to_person(row, about, subject, recipient)

    def _find_recipient(self, target: str) -> Recipient | None:
        """Find whose device or mailbox it is, if it is still to be used."""
        way, _, number = target.partition(":")
        match way:
            case "push":
                found = find_device(self.connection, int(number))
                recipient = self._recipient(found[0]) if found else None
                return recipient if recipient and recipient.wishes.push else None
            case "mail":
                recipient = self._recipient(int(number))
                return recipient if recipient and recipient.wishes.mail else None
            case _:
                return None

    def _judge_subject(
        self, row: HeldRow, about: About, subject: Subject, recipient: Recipient | None
    ) -> Verdict:
        since = row.payload["since"]
        outdated = is_outdated(about, subject, parse_time(since) if since else None)
        if outdated:
            return Drop(outdated)
        if recipient is None:
            return None
        team = self._team().values()
        mark = find_mark(self.connection, recipient.id, subject.id)
        subject = without_the_away(subject, about, team, self.now)
        return leave_in_peace(recipient, about, subject, team, self.now) or is_for(
            recipient, about, subject, mark, self.now
        )

    def _judge_amount(self, target: str, about: About, subject: Subject | None) -> Verdict:
        if target not in self._told:
            # held, so that two workers count one after the other
            state = lock_account(self.connection, NOTIFY, target, self.now).state
            if state is AccountState.STOPPED:
                return _NOT_WANTED
            self._told[target] = find_told(self.connection, target, self.now - APART)
        if about is About.DIGEST:
            return None
        return is_too_much(self._told[target], about, subject, self.now)

    def _to_person(
        self, row: HeldRow, about: About, subject: Subject | None, recipient: Recipient | None
    ) -> Errandry | Drop:
        notice = self._write(row, about, subject)
        way, _, number = row.target.partition(":")
        self._told.setdefault(row.target, []).append(
            Told(subject.id if subject else None, about, None)
        )
        match way:
            case "url":
                return ToUrl(self.rules.targets[row.target], notice)
            case "push" if found := find_device(self.connection, int(number)):
                tag = f"{about}-{subject.id}" if subject else about
                return ToDevice(found[1], notice, tag)
            case "mail" if recipient:
                return ToMailbox(recipient.email, notice)
            case _:
                return _NOT_WANTED

    def _write(self, row: HeldRow, about: About, subject: Subject | None) -> Notice:
        writer = Writer(self.rules)
        if subject:
            shows_words = self.rules.content is NoticeContent.PREVIEW
            words = find_last_words(self.connection, subject.id) if shows_words else ""
            return writer.about_subject(about, subject, words, self.now)
        if about is About.DIGEST:
            return writer.about_many(row.payload["counts"])
        return writer.about_trouble(*row.payload["trouble"])

    def _to_program(self, row: HeldRow) -> Errandry | Drop:
        endpoint = find_endpoint(self.connection, int(row.target.partition(":")[2]))
        if endpoint is None or endpoint.state is EndpointState.OFF:
            return _NOT_WANTED
        told = self._describe(row)
        if told is None:
            return _ERASED
        body = write_event(row.payload["event"], parse_time(row.payload["at"]), told)
        return ToProgram(endpoint.url, endpoint.secret, f"evt_{row.id}", body)

    def _describe(self, row: HeldRow) -> dict[str, object] | None:
        """Read what an event is about as it is now: what is erased is not told."""
        subject = self._subject(row.conversation_id)
        talk = {"conversation": describe_conversation(subject)} if subject else {}
        match WebhookEvent(row.payload["event"]):
            case WebhookEvent.CONVERSATION_CREATED:
                return {**talk} if talk else None
            case WebhookEvent.MESSAGE_CREATED | WebhookEvent.VISITOR_ASKED:
                if not row.message_id:
                    return None
                spoken = find_spoken(self.connection, [row.message_id])
                return {**talk, "message": describe_message(spoken[0])} if spoken else None
            case WebhookEvent.CONTACT_CREATED | WebhookEvent.CONTACT_ASSOCIATED:
                contact = find_contact(self.connection, row.payload["contact"])
                return {**talk, "contact": describe_contact(contact)} if contact else None

    def _subject(self, id: ConversationId | None) -> Subject | None:
        return find_subjects(self.connection, [id]).get(id) if id else None

    def _recipient(self, id: int) -> Recipient | None:
        return self._team().get(id)

    def _team(self) -> dict[int, Recipient]:
        if self._people is None:
            self._people = find_recipients(self.connection)
        return self._people

    def _hold(self, row: HeldRow, what: Errandry) -> None:
        row.take(secrets.token_hex(8), self.now + LONG_LEASE, self.now)
        self.jobs.append(Job(row, what))

    def _end(self, row: HeldRow, reason: str) -> None:
        row.settle(OutboxState.CANCELLED, self.now, reason)

    def _write_digests(self) -> None:
        seconds = int(APART.total_seconds())
        end = (int(self.now.timestamp()) // seconds + 1) * seconds
        for target, counts in self._gathered.items():
            key = f"digest:{target}:{end}"
            known = find_pending(self.connection, key)
            if known:
                total = Counter(known.payload["counts"]) + counts
                known.rewrite({**known.payload, "counts": dict(total)})
                save_rows(self.connection, [known])
            else:
                payload = {"about": About.DIGEST, "since": None, "counts": dict(counts)}
                at = datetime.fromtimestamp(end, UTC)
                add_errands(
                    self.connection, [NewErrand(Work.NOTIFY, key, at, payload, target)], self.now
                )
