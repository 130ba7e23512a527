"""Turns one announcement into one errand for each who wants to know, in one transaction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from bot.core.model import Author, ContactId, ConversationId, Kind, OutboxId
from bot.failpoints import failpoint
from bot.notifications.rules import is_outdated
from bot.notifications.texts import About
from bot.notifications.webhook_events import WebhookEvent
from bot.storage.errands import NewErrand, add_errands
from bot.storage.outbox.announcements import Announcement
from bot.storage.outbox.due import Queue, hold_due
from bot.storage.outbox.held import HeldRow, hold_rows, save_rows
from bot.storage.outbox.rows import OutboxState, Work
from bot.storage.recipients import Recipient, find_recipients
from bot.storage.subjects import SpokenMessage, Subject, find_spoken, find_subjects
from bot.storage.tables import parse_time, time_text
from bot.storage.webhook_endpoints import Endpoint, EndpointState, list_endpoints
from config.notices import NoticeRules

SPREAD = Queue((Work.ANNOUNCE, Work.NOTICE))
ESCALATES_AFTER = 3
"""An agent who has a conversation gets so many times the waiting time before the others hear."""
_TROUBLE_APART = 24 * 3_600  # seconds: one alarm of an account in a day
_URLS_GET = {About.NEW, About.WAITING, About.CONTACT, About.TROUBLE}


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that a notice may be about."""

    about: About
    key: str
    subject: Subject | None = None
    since: datetime | None = None
    """Since when the visitor waits."""
    trouble: tuple[str, str, str] | None = None

    @property
    def payload(self) -> dict[str, object]:
        """What the errand says of it."""
        return {
            "about": self.about,
            "since": time_text(self.since) if self.since else None,
            "trouble": self.trouble,
        }


@dataclass(frozen=True, slots=True)
class _Event:
    kind: WebhookEvent
    subject: Subject | None
    message: SpokenMessage | None = None
    contact: ContactId | None = None


@dataclass(slots=True)
class Spreader:
    """Spreads what is due; what it writes is for the transaction's end to keep."""

    connection: sa.Connection
    rules: NoticeRules
    now: datetime
    new: list[NewErrand] = field(default_factory=list)
    _endpoints: list[Endpoint] = field(default_factory=list)
    _recipients: list[Recipient] = field(default_factory=list)

    def spread(self, ids: Sequence[OutboxId]) -> None:
        """End these rows, and order what follows from them."""
        held = hold_due(self.connection, ids, SPREAD, self.now, len(ids))
        rows = hold_rows(self.connection, held)
        self._endpoints = [
            one for one in list_endpoints(self.connection) if one.state is EndpointState.ON
        ]
        self._recipients = list(find_recipients(self.connection).values())
        for row in rows:
            if row.kind is Work.ANNOUNCE:
                self._spread_announcement(row.id, Announcement.read(row.payload))
                row.settle(OutboxState.SENT, self.now, None)
            else:
                self._spread_notice(row)
        save_rows(self.connection, rows)
        add_errands(self.connection, self.new, self.now)
        failpoint("errands.before_spread")

    def _spread_announcement(self, id: OutboxId, announced: Announcement) -> None:
        spoken = find_spoken(self.connection, announced.messages)
        talks = {one.conversation_id for one in spoken} | set(announced.conversations)
        met = [one for one in announced.contacts if one[0] is not None]
        subjects = find_subjects(self.connection, talks | {talk for talk, _, _ in met if talk})
        if self._endpoints:
            self._tell_programs(id, announced, spoken, subjects)
        for happening in _happenings(announced, spoken, subjects, self.now):
            if happening.about in {About.WAITING, About.ESCALATED}:
                self._order_notice(happening)
            else:
                self._tell_people(happening)

    def _tell_programs(
        self,
        id: OutboxId,
        announced: Announcement,
        spoken: Sequence[SpokenMessage],
        subjects: dict[ConversationId, Subject],
    ) -> None:
        for talk in announced.conversations:
            self._tell_program(id, _Event(WebhookEvent.CONVERSATION_CREATED, subjects.get(talk)))
        for message in spoken:
            subject = subjects.get(message.conversation_id)
            self._tell_program(id, _Event(WebhookEvent.MESSAGE_CREATED, subject, message))
            if message.kind is Kind.CAPTURE_PROMPT:
                self._tell_program(id, _Event(WebhookEvent.VISITOR_ASKED, subject, message))
        for talk_id, contact, is_new in announced.contacts:
            subject = subjects.get(talk_id) if talk_id else None
            if is_new:
                event = _Event(WebhookEvent.CONTACT_CREATED, subject, None, contact)
                self._tell_program(id, event)
            if subject:
                event = _Event(WebhookEvent.CONTACT_ASSOCIATED, subject, None, contact)
                self._tell_program(id, event)

    def _tell_program(self, id: OutboxId, event: _Event) -> None:
        talk, message = event.subject, event.message
        what = message.id if message else f"{talk.id if talk else 0}-{event.contact or 0}"
        payload = {"event": event.kind, "at": time_text(self.now), "contact": event.contact}
        for endpoint in self._endpoints:
            if event.kind not in endpoint.events:
                continue
            self.new.append(
                NewErrand(
                    Work.WEBHOOK,
                    f"webhook:{endpoint.id}:{id}:{event.kind}:{what}",
                    self.now,
                    payload,
                    endpoint.target,
                    talk.id if talk else None,
                    talk.visitor_id if talk else None,
                    message.id if message else None,
                )
            )

    def _order_notice(self, happening: Happening) -> None:
        if happening.since is None or happening.subject is None:
            return
        if not any(_ways_to(one) for one in self._recipients) and (
            happening.about is About.ESCALATED or not self.rules.targets
        ):
            return  # there is nobody who would hear of it
        times = ESCALATES_AFTER if happening.about is About.ESCALATED else 1
        self.new.append(
            NewErrand(
                Work.NOTICE,
                f"notice:{happening.key}",
                happening.since + times * self.rules.waiting,
                happening.payload,
                "",
                happening.subject.id,
                happening.subject.visitor_id,
            )
        )

    def _spread_notice(self, row: HeldRow) -> None:
        about, since = About(row.payload["about"]), parse_time(row.payload["since"])
        talk = row.conversation_id
        subject = find_subjects(self.connection, [talk]).get(talk) if talk else None
        outdated = is_outdated(about, subject, since) if subject else "The visitor was erased."
        if outdated:
            row.settle(OutboxState.CANCELLED, self.now, outdated)
            return
        if subject:
            key = f"{about}:{subject.id}:{int(since.timestamp() * 1000)}"
            self._tell_people(Happening(about, key, subject, since))
        row.settle(OutboxState.SENT, self.now, None)

    def _tell_people(self, happening: Happening) -> None:
        targets = list(self.rules.targets) if happening.about in _URLS_GET else []
        for recipient in self._recipients:
            if _concerns(recipient, happening):
                targets += _ways_to(recipient)
        subject = happening.subject
        self.new += [
            NewErrand(
                Work.NOTIFY,
                f"notify:{target}:{happening.key}",
                self.now,
                happening.payload,
                target,
                subject.id if subject else None,
                subject.visitor_id if subject else None,
            )
            for target in targets
        ]


def _happenings(
    announced: Announcement,
    spoken: Sequence[SpokenMessage],
    subjects: dict[ConversationId, Subject],
    now: datetime,
) -> Iterator[Happening]:
    written = {one.conversation_id for one in spoken if one.author is Author.VISITOR}
    for talk in announced.conversations:
        if talk in written and (subject := subjects.get(talk)):
            yield Happening(About.NEW, f"{About.NEW}:{talk}", subject)
    for talk in sorted(written):
        subject = subjects.get(talk)
        if subject and subject.waiting_since:
            since = subject.waiting_since
            key = f"{talk}:{int(since.timestamp() * 1000)}"
            yield Happening(About.WAITING, f"{About.WAITING}:{key}", subject, since)
            yield Happening(About.ESCALATED, f"{About.ESCALATED}:{key}", subject, since)
    for talk_id, contact, _ in announced.contacts:
        if talk_id and (subject := subjects.get(talk_id)):
            yield Happening(About.CONTACT, f"{About.CONTACT}:{talk_id}:{contact}", subject)
    for channel, account, words in announced.troubles:
        day = int(now.timestamp()) // _TROUBLE_APART
        key = f"{About.TROUBLE}:{channel}:{account}:{day}"
        yield Happening(About.TROUBLE, key, trouble=(channel, account, words))


def _concerns(recipient: Recipient, happening: Happening) -> bool:
    match happening.about:
        case About.NEW | About.WAITING | About.ESCALATED:
            return True
        case About.TROUBLE:
            return recipient.is_admin
        case About.CONTACT | About.DIGEST:
            return False


def _ways_to(recipient: Recipient) -> list[str]:
    ways = [f"push:{device}" for device in recipient.devices] if recipient.wishes.push else []
    return [*ways, f"mail:{recipient.id}"] if recipient.wishes.mail else ways
