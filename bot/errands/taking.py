"""Takes what is due into a worker's hand, after a last look at whether it should still happen."""

import secrets
from collections import Counter
from dataclasses import dataclass, field, replace
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
from bot.storage.errands import (
    LEASE,
    Errand,
    NewErrand,
    Told,
    add_errands,
    end_errand,
    find_errands,
    find_pending,
    find_told,
    hold_errand,
    lock_errands,
    put_off,
    rewrite,
)
from bot.storage.outbox.accounts import AccountState, lock_account
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
TAKEN = (Work.NOTIFY, Work.WEBHOOK, Work.WATCH)
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
        ids = find_errands(self.connection, self.now, limit, TAKEN, busy(under_way))
        for errand in lock_errands(self.connection, ids):
            if under_way[errand.target] >= AT_ONE_TARGET:
                continue
            match self._consider(errand):
                case Drop(reason):
                    self._end(errand, reason)
                case Wait(until, reason):
                    put_off(self.connection, errand, until, reason)
                case Gather():
                    self._gathered.setdefault(errand.target, Counter())[
                        errand.payload["about"]
                    ] += 1
                    self._end(errand, "It was counted in a digest.")
                case what:
                    self._hold(errand, what)
                    under_way[errand.target] += 1
        self._write_digests()
        return bool(ids)

    def _consider(self, errand: Errand) -> Errandry | Drop | Wait | Gather:
        match errand.kind:
            case Work.WATCH:
                return ToChannels()
            case Work.WEBHOOK:
                return self._to_program(errand)
            case _:
                return self._consider_notice(errand)

    def _consider_notice(self, errand: Errand) -> Errandry | Drop | Wait | Gather:
        is_url = errand.target in self.rules.targets
        recipient = None if is_url else self._find_recipient(errand.target)
        if not is_url and recipient is None:
            return _NOT_WANTED
        about = About(errand.payload["about"])
        subject = self._subject(errand.conversation_id)
        if errand.conversation_id and subject is None:
            return _ERASED
        verdict = self._judge_subject(errand, about, subject, recipient) if subject else None
        verdict = verdict or self._judge_amount(errand.target, about, subject)
        return verdict or self._to_person(errand, about, subject, recipient)

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
        self, errand: Errand, about: About, subject: Subject, recipient: Recipient | None
    ) -> Verdict:
        since = errand.payload["since"]
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
        self, errand: Errand, about: About, subject: Subject | None, recipient: Recipient | None
    ) -> Errandry | Drop:
        notice = self._write(errand, about, subject)
        way, _, number = errand.target.partition(":")
        self._told.setdefault(errand.target, []).append(
            Told(subject.id if subject else None, about, None)
        )
        match way:
            case "url":
                return ToUrl(self.rules.targets[errand.target], notice)
            case "push" if found := find_device(self.connection, int(number)):
                tag = f"{about}-{subject.id}" if subject else about
                return ToDevice(found[1], notice, tag)
            case "mail" if recipient:
                return ToMailbox(recipient.email, notice)
            case _:
                return _NOT_WANTED

    def _write(self, errand: Errand, about: About, subject: Subject | None) -> Notice:
        writer = Writer(self.rules)
        if subject:
            shows_words = self.rules.content is NoticeContent.PREVIEW
            words = find_last_words(self.connection, subject.id) if shows_words else ""
            return writer.about_subject(about, subject, words, self.now)
        if about is About.DIGEST:
            return writer.about_many(errand.payload["counts"])
        return writer.about_trouble(*errand.payload["trouble"])

    def _to_program(self, errand: Errand) -> Errandry | Drop:
        endpoint = find_endpoint(self.connection, int(errand.target.partition(":")[2]))
        if endpoint is None or endpoint.state is EndpointState.OFF:
            return _NOT_WANTED
        told = self._describe(errand)
        if told is None:
            return _ERASED
        body = write_event(errand.payload["event"], parse_time(errand.payload["at"]), told)
        return ToProgram(endpoint.url, endpoint.secret, f"evt_{errand.id}", body)

    def _describe(self, errand: Errand) -> dict[str, object] | None:
        """Read what an event is about as it is now: what is erased is not told."""
        subject = self._subject(errand.conversation_id)
        talk = {"conversation": describe_conversation(subject)} if subject else {}
        match WebhookEvent(errand.payload["event"]):
            case WebhookEvent.CONVERSATION_CREATED:
                return {**talk} if talk else None
            case WebhookEvent.MESSAGE_CREATED | WebhookEvent.VISITOR_ASKED:
                if not errand.message_id:
                    return None
                spoken = find_spoken(self.connection, [errand.message_id])
                return {**talk, "message": describe_message(spoken[0])} if spoken else None
            case WebhookEvent.CONTACT_CREATED | WebhookEvent.CONTACT_ASSOCIATED:
                contact = find_contact(self.connection, errand.payload["contact"])
                return {**talk, "contact": describe_contact(contact)} if contact else None

    def _subject(self, id: ConversationId | None) -> Subject | None:
        return find_subjects(self.connection, [id]).get(id) if id else None

    def _recipient(self, id: int) -> Recipient | None:
        return self._team().get(id)

    def _team(self) -> dict[int, Recipient]:
        if self._people is None:
            self._people = find_recipients(self.connection)
        return self._people

    def _hold(self, errand: Errand, what: Errandry) -> None:
        lease = secrets.token_hex(8)
        hold_errand(self.connection, errand, lease, self.now + LEASE, self.now)
        held = replace(errand, state=OutboxState.SENDING, lease=lease, attempts=errand.attempts + 1)
        self.jobs.append(Job(held, what))

    def _end(self, errand: Errand, reason: str) -> None:
        end_errand(self.connection, errand, OutboxState.CANCELLED, self.now, reason)

    def _write_digests(self) -> None:
        seconds = int(APART.total_seconds())
        end = (int(self.now.timestamp()) // seconds + 1) * seconds
        for target, counts in self._gathered.items():
            key = f"digest:{target}:{end}"
            known = find_pending(self.connection, key)
            if known:
                total = Counter(known.payload["counts"]) + counts
                rewrite(self.connection, known, {**known.payload, "counts": dict(total)})
            else:
                payload = {"about": About.DIGEST, "since": None, "counts": dict(counts)}
                at = datetime.fromtimestamp(end, UTC)
                add_errands(
                    self.connection, [NewErrand(Work.NOTIFY, key, at, payload, target)], self.now
                )
