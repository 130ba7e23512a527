"""Notices: told to the team's channels, to agents' browsers and mailboxes, if they still matter."""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from bot.core.model import ConversationId
from bot.notifications.rules import (
    APART,
    ERASED,
    NOT_WANTED,
    Drop,
    Gather,
    TeamNow,
    Wait,
    is_too_much,
    judge_alarm,
    judge_subject,
)
from bot.notifications.senders import Addressed, NoticeSenders, ToDevice, ToMailbox, ToUrl
from bot.notifications.texts import ALARMS, About, Notice, Writer
from bot.outbox.contract import Handler, Job, Outcome
from bot.outbox.handlers.patience import PAUSES
from bot.outbox.holding import Held
from bot.outbox.retrying import Retry
from bot.ports.errors import Cause, UndeliverableError
from bot.storage.outbox.due import LONG_LEASE
from bot.storage.outbox.held import HeldRow, save_rows
from bot.storage.outbox.rows import OutboxRow, OutboxState, Work
from bot.storage.outbox.settled import cancel_pending
from bot.storage.outbox.stops import Stop, find_latest
from bot.storage.tables import parse_time
from bot.storage.team.notification_limits import Told, find_told, gathered_so_far, hold_pending
from bot.storage.team.notification_subjects import Subject, find_last_words, find_subjects
from bot.storage.team.recipients import (
    Device,
    Recipient,
    find_devices,
    find_marks,
    find_recipients,
    forget_device,
)
from config.notices import NoticeContent, NoticeRules

_TOO_LATE = Drop("It is old news by now.")
_GATHERED = "It was counted in a digest."
_log = logging.getLogger(__name__)
_Considered: TypeAlias = Addressed | Drop | Wait | Gather | None
"""None: only a newer version knows what it is about."""


@dataclass(frozen=True, eq=False)
class NoticeHandler(Handler[Addressed]):
    """Tells one target one thing; twice is better than never."""

    rules: NoticeRules
    senders: NoticeSenders

    kinds = (Work.NOTIFY,)
    retry = Retry(PAUSES, most=5)  # after the first few pauses a notice is old news
    lease = LONG_LEASE
    counts_trouble = True
    breaks_for = PAUSES[0]
    holds_accounts = True  # two workers count one after the other what a target was told

    def consider(self, rows: Sequence[HeldRow], held: Held) -> Iterator[Job[Addressed]]:
        """Tell what still matters; drop it, put it off or gather it in a digest."""
        known = _Known.find(rows, held, self.rules)
        gathered: dict[str, Counter[str]] = {}
        for row in rows:
            match self._consider(row, known):
                case None:
                    held.leave_to_newer(row)
                case Drop(reason):
                    held.end(row, OutboxState.CANCELLED, reason)
                case Wait(until, reason):
                    row.postpone(until, reason, counts=True)
                case Gather():
                    gathered.setdefault(row.target, Counter())[row.payload["about"]] += 1
                    held.end(row, OutboxState.CANCELLED, _GATHERED)
                case addressed if held.may_leave(row):
                    known.note(row)
                    yield Job(row, addressed)
        _write_digests(gathered, held)

    def attempt(self, job: Job[Addressed]) -> Outcome:
        """Send the notice."""
        self.senders.send(job.what)
        return None

    def repeats(self, row: HeldRow) -> bool:  # noqa: ARG002 - told twice is better than never
        """Send the notice again."""
        return True

    def settle(self, row: HeldRow, outcome: Outcome, held: Held) -> None:
        """Tell nothing more to a browser that is gone."""
        match outcome:
            case UndeliverableError(cause=Cause.RECIPIENT_GONE, reason=reason):
                held.end(row, OutboxState.CANCELLED, reason)
                _let_go(row, reason, held)
            case _:
                super().settle(row, outcome, held)

    def close(self) -> None:
        """Let go of what sends."""
        self.senders.urls.close()

    def _consider(self, row: HeldRow, known: "_Known") -> _Considered:
        about = read_about(row)
        if row.deadline is not None and row.deadline <= known.team.now:
            return _TOO_LATE
        is_url = row.target in self.rules.targets
        recipient = None if is_url else known.recipient(row.target)
        if about is None or not (is_url or recipient):
            return NOT_WANTED if about else None
        if about in ALARMS:
            stop = known.stop(row)
            verdict = judge_alarm(about, stop, recipient, known.team.now)
            return verdict or self._address(row, about, None, known)
        subject = known.subjects.get(row.conversation_id) if row.conversation_id else None
        if row.conversation_id and subject is None:
            return ERASED
        verdict = (
            judge_subject(about, subject, read_since(row), recipient, known.team)
            if subject
            else None
        ) or known.judge_amount(row.target, about, subject)
        return verdict or self._address(row, about, subject, known)

    def _address(
        self, row: HeldRow, about: About, subject: Subject | None, known: "_Known"
    ) -> Addressed | Drop:
        notice = self._write(row, about, subject, known)
        recipient, device = known.recipient(row.target), known.device(row.target)
        if url := self.rules.targets.get(row.target):
            return ToUrl(url, notice)
        if device:
            return ToDevice(device, notice, f"{about}-{subject.id}" if subject else about)
        return ToMailbox(recipient.email, notice) if recipient else NOT_WANTED

    def _write(
        self, row: HeldRow, about: About, subject: Subject | None, known: "_Known"
    ) -> Notice:
        writer = Writer(self.rules)
        if subject:
            words = known.words.get(subject.id, "")
            return writer.about_subject(about, subject, words, known.team.now)
        if about is About.DIGEST:
            return writer.about_many(gathered_so_far(row))
        stop = known.stop(row)
        assert stop, "judged before"  # noqa: S101
        return writer.about_stop(stop)


@dataclass(slots=True)
class _Known:
    """The facts that a batch of notices needs, read at once."""

    team: TeamNow
    subjects: Mapping[ConversationId, Subject]
    devices: Mapping[int, tuple[int, Device]]
    words: Mapping[ConversationId, str]
    told: dict[str, list[Told]]
    stops: Mapping[tuple[str, str, str], Stop]

    @classmethod
    def find(cls, rows: Sequence[HeldRow], held: Held, rules: NoticeRules) -> "_Known":
        """Look everything up, by as many statements as for one notice."""
        connection = held.connection
        talks = {row.conversation_id for row in rows if row.conversation_id}
        shows_words = rules.content is NoticeContent.PREVIEW
        devices = [number for row in rows if (number := _number(row.target, "push"))]
        return cls(
            TeamNow(held.now, find_recipients(connection), find_marks(connection, talks)),
            find_subjects(connection, talks),
            find_devices(connection, devices),
            find_last_words(connection, talks) if shows_words else {},
            find_told(connection, {row.target for row in rows}, held.now - APART),
            find_latest(connection),
        )

    def stop(self, row: HeldRow) -> Stop | None:
        """Find the stop that an alarm is about."""
        channel, account, cause = row.payload["trouble"]
        return self.stops.get((channel, account, cause))

    def recipient(self, target: str) -> Recipient | None:
        """Find whose device or mailbox it is, if it is still to be used."""
        people = self.team.people
        if number := _number(target, "mail"):
            found = people.get(number)
            return found if found and found.wishes.mail else None
        owner, _ = self.devices.get(_number(target, "push"), (0, None))
        found = people.get(owner)
        return found if found and found.wishes.push else None

    def device(self, target: str) -> Device | None:
        """Find a browser that takes pushes."""
        return self.devices.get(_number(target, "push"), (0, None))[1]

    def judge_amount(
        self, target: str, about: About, subject: Subject | None
    ) -> Wait | Gather | Drop | None:
        """Judge by what the target was told of late."""
        if about is About.DIGEST:
            return None
        return is_too_much(self.told[target], about, subject, self.team.now)

    def note(self, row: HeldRow) -> None:
        """Count what is on its way now."""
        self.told[row.target].append(Told(row.conversation_id, row.payload["about"], None))


def read_about(row: HeldRow) -> About | None:
    """Read what a notice is about; None: only a newer version knows."""
    about = row.payload["about"]
    return About(about) if about in set(About) else None


def read_since(row: HeldRow) -> datetime | None:
    """Read since when a visitor waits."""
    since = row.payload["since"]
    return parse_time(since) if since else None


def _number(target: str, way: str) -> int:
    """Read the number of a target that is reached in this way; 0: it is reached in another."""
    named, _, number = target.partition(":")
    return int(number) if named == way else 0


def _write_digests(gathered: Mapping[str, Counter[str]], held: Held) -> None:
    if not gathered:
        return
    seconds = int(APART.total_seconds())
    end = (int(held.now.timestamp()) // seconds + 1) * seconds
    keys = {f"digest:{target}:{end}": target for target in gathered}
    known = hold_pending(held.connection, keys)
    for key, target in keys.items():
        counts = gathered[target]
        payload = {"about": About.DIGEST, "since": None, "counts": dict(counts)}
        if row := known.get(key):
            row.rewrite({**payload, "counts": dict(gathered_so_far(row) + counts)})
        else:
            due_at = datetime.fromtimestamp(end, UTC)
            order = OutboxRow(Work.NOTIFY, None, due_at, held.now, payload=payload, key=key)
            held.batch.add_order(order._replace(target=(Work.NOTIFY, target)))
    save_rows(held.connection, known.values())


def _let_go(row: HeldRow, reason: str, held: Held) -> None:
    _log.error("target switched off", extra={"target": row.target, "reason": reason})
    forget_device(held.connection, _number(row.target, "push"))
    cancel_pending(held.connection, row.kind, row.target, reason, held.now)
