"""Announcements: what a transaction has brought about becomes a row for each who hears of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.notifications.happenings import Happening, find_happenings, find_targets, still_waiting
from bot.notifications.rules import is_outdated
from bot.notifications.webhook_events import Event, find_events
from bot.outbox.contract import Handler, Job, Outcome
from bot.outbox.handlers.notices import read_about, read_since
from bot.outbox.handlers.patience import OLD_NEWS, TOO_LATE
from bot.outbox.holding import Held
from bot.outbox.retrying import Retry
from bot.storage.outbox.announcements import Announcement
from bot.storage.outbox.held import HeldRow
from bot.storage.outbox.rows import OutboxRow, OutboxState, Refers, Work
from bot.storage.tables import time_text
from bot.storage.team.notification_subjects import find_spoken, find_subjects
from bot.storage.team.recipients import Recipient, find_recipients
from bot.storage.team.webhook_endpoints import Endpoint, EndpointState, list_endpoints
from config.notices import NoticeRules

_ERASED = "The visitor was erased."


@dataclass(slots=True)
class _Audience:
    """The handler of announcements: it fans out one row into a row for each target."""

    held: Held
    rules: NoticeRules
    recipients: list[Recipient] = field(init=False)

    def __post_init__(self) -> None:
        """Look everybody up."""
        self.recipients = list(find_recipients(self.held.connection).values())

    def tell(self, happening: Happening) -> None:
        """Order notices, or a look whether the visitor still waits when that is worth one."""
        due_at = happening.due_at(self.rules)
        if due_at is None:
            self.notify(happening)
        elif self._targets(happening):
            self._order(Work.NOTICE, happening, due_at, "")

    def notify(self, happening: Happening) -> None:
        """Order a notice for each target."""
        for target in self._targets(happening):
            self._order(Work.NOTIFY, happening, self.held.now, target)

    def _targets(self, happening: Happening) -> list[str]:
        return find_targets(happening, self.rules, self.recipients)

    def _order(self, kind: Work, happening: Happening, due_at: datetime, target: str) -> None:
        subject = happening.subject
        row = OutboxRow(
            kind,
            None,
            due_at,
            self.held.now,
            payload=happening.payload,
            key=":".join(filter(None, (kind, target, happening.key))),
            target=(kind, target) if target else ("", ""),
            refers=Refers(subject.visitor_id, subject.id) if subject else Refers(),
            deadline=self.held.now + OLD_NEWS if target else None,
        )
        self.held.batch.add_order(row)


@dataclass(frozen=True, eq=False)
class _SpreadingHandler(Handler[None]):
    """Turns rows into others; nothing is attempted."""

    rules: NoticeRules

    retry = Retry((timedelta(seconds=5),))

    def attempt(self, job: Job[None]) -> Outcome:
        """Do nothing: no row of this kind becomes a job."""
        raise NotImplementedError


class AnnouncementHandler(_SpreadingHandler):
    """Tells people and programs what has happened."""

    kinds = (Work.ANNOUNCE,)

    def consider(self, rows: Sequence[HeldRow], held: Held) -> Iterator[Job[None]]:
        """Order what follows from announcements."""
        announced = {row.id: Announcement.read(row.payload) for row in rows}
        audience = _Audience(held, self.rules)
        endpoints = [
            one for one in list_endpoints(held.connection) if one.state is EndpointState.ON
        ]
        ids = [message for each in announced.values() for message in each.messages]
        spoken = {message.id: message for message in find_spoken(held.connection, ids)}
        talks = {talk for each in announced.values() for talk in each.talks}
        talks |= {message.conversation_id for message in spoken.values()}
        subjects = find_subjects(held.connection, talks)
        for row in rows:
            what = announced[row.id]
            said = [spoken[message] for message in what.messages if message in spoken]
            for event in find_events(what, said, subjects):
                _tell_programs(row, event, endpoints, held)
            for happening in find_happenings(what, said, subjects, row.created_at):
                audience.tell(happening)
            held.end(row, OutboxState.SENT)
        return iter(())


class DueNoticeHandler(_SpreadingHandler):
    """Looks whether a visitor still waits, when that is worth a notice."""

    kinds = (Work.NOTICE,)

    def consider(self, rows: Sequence[HeldRow], held: Held) -> Iterator[Job[None]]:
        """Order notices for those who hear of it."""
        audience = _Audience(held, self.rules)
        ids = [row.conversation_id for row in rows if row.conversation_id]
        subjects = find_subjects(held.connection, ids)
        for row in rows:
            about, since = read_about(row), read_since(row)
            subject = subjects.get(row.conversation_id) if row.conversation_id else None
            if about is None:
                held.leave_to_newer(row)
            elif subject is None or since is None:
                held.end(row, OutboxState.CANCELLED, _ERASED)
            elif outdated := is_outdated(about, subject, since):
                held.end(row, OutboxState.CANCELLED, outdated)
            else:
                audience.notify(still_waiting(about, subject, since))
                held.end(row, OutboxState.SENT)
        return iter(())


def _tell_programs(row: HeldRow, event: Event, endpoints: Sequence[Endpoint], held: Held) -> None:
    subject, message = event.subject, event.message
    payload = {"event": event.kind, "at": time_text(held.now), "contact": event.contact}
    refers = Refers(
        subject.visitor_id if subject else None,
        subject.id if subject else None,
        message.id if message else None,
    )
    for endpoint in endpoints:
        if event.kind in endpoint.events:
            order = OutboxRow(
                Work.WEBHOOK,
                None,
                held.now,
                held.now,
                payload=payload,
                key=f"webhook:{endpoint.id}:{row.id}:{event.key}",
                deadline=held.now + TOO_LATE,
                target=(Work.WEBHOOK, endpoint.target),
                refers=refers,
            )
            held.batch.add_order(order)
