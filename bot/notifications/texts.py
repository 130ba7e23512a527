"""Texts of notices, as far as `NOTIFY_CONTENT` lets visitors' words out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from bot.core.names import full_name, nickname, unknown_name
from bot.notifications.safe_text import defuse
from bot.notifications.stops import PATH, StopWriter
from bot.storage.outbox.stops import Stop
from bot.storage.team.notification_subjects import Subject
from config.notices import NoticeContent, NoticeRules

_LONGEST_NAME = 60
_LONGEST_QUOTE = 200


class About(StrEnum):
    """The subject of a notice as its text needs it."""

    NEW = "new"
    WAITING = "waiting"
    ESCALATED = "escalated"
    CONTACT = "contact"
    TROUBLE = "trouble"
    """A stop has begun."""
    OVER = "over"
    """A stop is over."""
    DIGEST = "digest"


ALARMS = frozenset({About.TROUBLE, About.OVER})
"""What is told at once, whatever else is told."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice's text, with visitors' words only as `NOTIFY_CONTENT` allows."""

    title: str
    body: str
    link: str | None

    @property
    def text(self) -> str:
        """Body and link, one below the other."""
        return f"{self.body}\n{self.link}" if self.link else self.body


@dataclass(frozen=True, slots=True)
class Writer:
    """Puts notices into words."""

    rules: NoticeRules

    def about_subject(
        self, about: About, subject: Subject, last_words: str, now: datetime
    ) -> Notice:
        """Tell of a conversation."""
        who = self._name(subject)
        match about:
            case About.NEW:
                title, body = "New conversation", f"{who} has written on {self._channel(subject)}."
            case About.WAITING:
                title, body = "A visitor waits", f"{who} {_waits(subject, now)}."
            case About.ESCALATED:
                title = "Still no answer"
                body = f"{who} {_waits(subject, now)}, and nobody has answered yet."
            case About.CONTACT:
                title, body = "New contact", f"{who} can be reached by email now."
            case About.TROUBLE | About.OVER | About.DIGEST:
                msg = "this is about no one conversation"
                raise ValueError(msg)
            case _:
                assert_never(about)
        if self.rules.content is NoticeContent.PREVIEW and last_words:
            body += f"\n“{defuse(last_words, _LONGEST_QUOTE)}”"
        return Notice(title, body, self._link(f"/inbox/{subject.id}"))

    def about_stop(self, stop: Stop) -> Notice:
        """Tell of a stop, or of its end."""
        writer = StopWriter(self.rules)
        return Notice(writer.title(stop), writer.say(stop), self._link(PATH))

    def about_many(self, counts: Mapping[str, int]) -> Notice:
        """Tell in one notice what would have been too many."""
        told = [
            f"{count} {_MANY[About(about)]}" for about, count in sorted(counts.items()) if count
        ]
        return Notice("More has happened", f"Besides: {', '.join(told)}.", self._link("/inbox"))

    def _channel(self, subject: Subject) -> str:
        return self.rules.channels.of(subject.place.channel).in_a_sentence

    def _name(self, subject: Subject) -> str:
        """Name a visitor by what we call it ourselves, unless its own words may leave."""
        unknown = unknown_name(subject.place)
        if self.rules.content is NoticeContent.PREVIEW:
            own = full_name(subject.first_name, subject.last_name)
            return defuse(own, _LONGEST_NAME) or unknown
        if self.rules.content is NoticeContent.LINK:
            return unknown if subject.is_unknown else f"Visitor {nickname(subject.place)}"
        return "A visitor"

    def _link(self, path: str) -> str | None:
        if self.rules.content is NoticeContent.NONE:
            return None
        return self.rules.public_origin + path


_MANY = {
    About.NEW: "new conversations",
    About.WAITING: "visitors waiting",
    About.ESCALATED: "visitors without an answer",
    About.CONTACT: "new contacts",
    About.TROUBLE: "stops",
    About.OVER: "ends of stops",
    About.DIGEST: "others",
}


def _waits(subject: Subject, now: datetime) -> str:
    waited = now - (subject.waiting_since or now)
    minutes = waited // timedelta(minutes=1)
    if minutes < 1:
        return "waits for an answer"
    if minutes < 120:  # noqa: PLR2004 - two hours
        return f"has waited for {minutes} minute{'s' if minutes > 1 else ''}"
    return f"has waited for {waited // timedelta(hours=1)} hours"
