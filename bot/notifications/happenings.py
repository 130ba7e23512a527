"""Happenings of a transaction that notifications may tell, and their recipients."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.model import Author, ConversationId
from bot.notifications.texts import About
from bot.storage.notification_subjects import SpokenMessage, Subject
from bot.storage.outbox.announcements import Announcement
from bot.storage.recipients import Recipient
from bot.storage.tables import time_text
from config.notices import NoticeRules

ESCALATES_AFTER = 3
"""An agent who has a conversation gets so many times the waiting time before the others hear."""
_TROUBLE_APART = 24 * 3_600  # seconds: one alarm of an account in a day
_URLS_GET = {About.NEW, About.WAITING, About.CONTACT, About.TROUBLE}


@dataclass(frozen=True, slots=True)
class Happening:
    """The subject of a notice."""

    about: About
    key: str
    subject: Subject | None = None
    since: datetime | None = None
    """Since when the visitor waits."""
    trouble: tuple[str, str, str] | None = None

    @property
    def payload(self) -> dict[str, object]:
        """Write down what a row says of it."""
        return {
            "about": self.about,
            "since": time_text(self.since) if self.since else None,
            "trouble": self.trouble,
        }

    def due_at(self, rules: NoticeRules) -> datetime | None:
        """Say when it is worth a notice, if the visitor still waits then; None: at once."""
        if self.since is None:
            return None
        times = ESCALATES_AFTER if self.about is About.ESCALATED else 1
        return self.since + times * rules.waiting


def find_happenings(
    announced: Announcement,
    spoken: Sequence[SpokenMessage],
    subjects: dict[ConversationId, Subject],
    now: datetime,
) -> Iterator[Happening]:
    """Say what an announcement is worth: conversations, visitors who wait, contacts, troubles."""
    written = {one.conversation_id for one in spoken if one.author is Author.VISITOR}
    for talk in announced.conversations:
        if talk in written and (subject := subjects.get(talk)):
            yield Happening(About.NEW, f"{About.NEW}:{talk}", subject)
    for talk in sorted(written | set(announced.waiting)):
        if (subject := subjects.get(talk)) and subject.waiting_since:
            yield still_waiting(About.WAITING, subject, subject.waiting_since)
            yield still_waiting(About.ESCALATED, subject, subject.waiting_since)
    for talk_id, contact, _ in announced.contacts:
        if talk_id and (subject := subjects.get(talk_id)):
            yield Happening(About.CONTACT, f"{About.CONTACT}:{talk_id}:{contact}", subject)
    for channel, account, words in announced.troubles:
        day = int(now.timestamp()) // _TROUBLE_APART
        key = f"{About.TROUBLE}:{channel}:{account}:{day}"
        yield Happening(About.TROUBLE, key, trouble=(channel, account, words))


def still_waiting(about: About, subject: Subject, since: datetime) -> Happening:
    """Say that a visitor waits for an answer since then."""
    return Happening(about, f"{about}:{subject.id}:{int(since.timestamp() * 1000)}", subject, since)


def find_targets(
    happening: Happening, rules: NoticeRules, recipients: Collection[Recipient]
) -> list[str]:
    """List who hears of it: the team's channels, agents' devices and mailboxes."""
    targets = list(rules.targets) if happening.about in _URLS_GET else []
    for recipient in recipients:
        if _concerns(recipient, happening):
            targets += _ways_to(recipient)
    return targets


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
