"""Rules for due notices: whether one still goes out, by what is known now."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.core.model import ConversationId, Status
from bot.notifications.texts import ALARMS, About
from bot.storage.outbox.stops import Stop
from bot.storage.team.notification_limits import Told
from bot.storage.team.notification_subjects import Subject
from bot.storage.team.recipients import Recipient, Wishes

APART = timedelta(minutes=5)
"""Of one kind for a conversation, a target is told once in this time."""
MOST = 10
"""How many notices a target gets in that time before the rest becomes a digest."""
READING = timedelta(seconds=60)
"""Whoever had the inbox open so lately is looking at it."""


@dataclass(frozen=True, slots=True)
class Drop:
    """Drop the notice."""

    reason: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Put the notice off until then."""

    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Gather:
    """Gather the notice into the next digest."""


Verdict: TypeAlias = Drop | Wait | Gather | None
"""None: tell it now."""
ERASED = Drop("What it was about is not there any more.")
NOT_WANTED = Drop("Nobody wants it any more.")


@dataclass(frozen=True, slots=True)
class TeamNow:
    """The team at the moment in which notices are judged."""

    now: datetime
    people: Mapping[int, Recipient]
    marks: Mapping[tuple[int, ConversationId], int]
    """How far agents have read, by agent and conversation."""


def judge_subject(
    about: About,
    subject: Subject,
    since: datetime | None,
    recipient: Recipient | None,
    team: TeamNow,
) -> Verdict:
    """Judge whether it still matters, and to this agent; None: a channel of the whole team."""
    if outdated := is_outdated(about, subject, since):
        return Drop(outdated)
    if recipient is None:
        return None
    people, mark = team.people.values(), team.marks.get((recipient.id, subject.id), 0)
    subject = without_the_away(subject, about, people, team.now)
    return leave_in_peace(recipient, about, subject, people, team.now) or is_for(
        recipient, about, subject, mark, team.now
    )


def judge_alarm(
    about: About, stop: Stop | None, recipient: Recipient | None, now: datetime
) -> Verdict:
    """Judge an alarm: it is never too much, but what is over need not be told at its beginning."""
    if stop is None:
        return ERASED
    if (about is About.OVER) != (stop.ended_at is not None):
        return Drop("It is over." if stop.ended_at else "It has begun again.")
    if recipient is None or recipient.wishes.alarms:
        return None
    return _unless_quiet(recipient.wishes, now) if recipient.is_admin else NOT_WANTED


def is_outdated(about: About, subject: Subject, since: datetime | None) -> str | None:
    """Say why nobody needs to be told any more."""
    if about is About.CONTACT:
        return None
    if subject.status is Status.CLOSED:
        return "The conversation was closed."
    if about is About.NEW:
        return "It was answered meanwhile." if subject.answered_seq else None
    if subject.waiting_since is None or subject.waiting_since != since:
        return "It was answered meanwhile."
    return None


def is_for(
    recipient: Recipient, about: About, subject: Subject, mark: int, now: datetime
) -> Verdict:
    """Judge what concerns one agent."""
    mine = subject.assignee == recipient.email
    if about is About.ESCALATED and (mine or subject.assignee is None):
        return Drop("This agent was told before.")
    if about in {About.NEW, About.WAITING} and subject.assignee and not mine:
        return Drop("Another agent has the conversation.")
    if about is About.NEW and mark:
        return Drop("The agent has seen it.")
    if mark >= subject.last_seq and is_looking(recipient, now):
        return Drop("The agent is reading it.")
    return _unless_quiet(recipient.wishes, now)


def leave_in_peace(
    recipient: Recipient, about: About, subject: Subject, team: Collection[Recipient], now: datetime
) -> Verdict:
    """Judge whether an agent is away: that counts as long as somebody else would hear of it."""
    # of an escalation, who has the conversation has heard before
    silent = subject.assignee if about is About.ESCALATED else None
    others = [one for one in team if one.email != silent]
    if recipient.available or not any(_hears(one, now) for one in others):
        return None
    return Drop("The agent is away, and somebody else is available.")


def without_the_away(
    subject: Subject, about: About, team: Collection[Recipient], now: datetime
) -> Subject:
    """Count as nobody's what somebody has who is away, where others would hear of it."""
    # who else was told before is not asked: told twice is better than never
    if about is About.ESCALATED or any(
        one.email == subject.assignee and one.available for one in team
    ):
        return subject
    return replace(subject, assignee=None) if any(_hears(one, now) for one in team) else subject


def _hears(recipient: Recipient, now: datetime) -> bool:
    """Say whether somebody is available, and looks at the inbox or can be reached."""
    wishes = recipient.wishes
    has_way = wishes.mail or (wishes.push and bool(recipient.devices))
    is_reached = has_way and end_of_quiet(wishes, now) is None
    return recipient.available and (is_reached or is_looking(recipient, now))


def is_looking(recipient: Recipient, now: datetime) -> bool:
    """Say whether an agent has the inbox open."""
    return recipient.seen_at is not None and recipient.seen_at > now - READING


def is_too_much(
    told: Sequence[Told], about: About, subject: Subject | None, now: datetime
) -> Verdict:
    """Judge by what the target was told of late."""
    if subject:
        same = [one for one in told if (one.conversation_id, one.about) == (subject.id, about)]
        if same:
            last = max((one.at or now) for one in same)
            return Wait(last + APART, "It was told a moment ago.")
    if len([one for one in told if one.about not in {About.DIGEST, *ALARMS}]) >= MOST:
        return Gather()
    return None


def _unless_quiet(wishes: Wishes, now: datetime) -> Verdict:
    end = end_of_quiet(wishes, now)
    return Wait(end, "The agent has quiet hours.") if end else None


def end_of_quiet(wishes: Wishes, now: datetime) -> datetime | None:
    """Say when the quiet hours end that it is in now."""
    if not wishes.quiet_from or not wishes.quiet_to or wishes.quiet_from == wishes.quiet_to:
        return None
    start, end = time.fromisoformat(wishes.quiet_from), time.fromisoformat(wishes.quiet_to)
    local = now.astimezone(_zone(wishes.zone))
    at = local.time()
    is_quiet = start <= at < end if start < end else at >= start or at < end
    if not is_quiet:
        return None
    day = local.date() if at < end else local.date() + timedelta(days=1)
    return datetime.combine(day, end, local.tzinfo).astimezone(UTC)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
