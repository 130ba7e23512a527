"""Happenings of a transaction that notifications may tell, and their recipients."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.model import Author, ConversationId
from bot.mail.ways import MAIL_SERVER
from bot.notifications.texts import ALARMS, About
from bot.storage.outbox.announcements import Announcement
from bot.storage.outbox.rows import Work
from bot.storage.tables import time_text
from bot.storage.team.notification_subjects import SpokenMessage, Subject
from bot.storage.team.recipients import Recipient
from config.notices import NoticeRules

ESCALATES_AFTER = 3
"""An agent who has a conversation gets so many times the waiting time before the others hear."""
_URLS_GET = {About.NEW, About.WAITING, About.CONTACT, *ALARMS}


@dataclass(frozen=True, slots=True)
class Happening:
    """The subject of a notice."""

    about: About
    key: str
    subject: Subject | None = None
    since: datetime | None = None
    """Since when the visitor waits."""
    trouble: tuple[str, str, str] | None = None
    """Channel, account and cause of a stop."""

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
    at: datetime,
) -> Iterator[Happening]:
    """Say what an announcement is worth: conversations, visitors who wait, contacts, stops."""
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
    for channel, account, cause, is_over in announced.stops:
        about = About.OVER if is_over else About.TROUBLE
        key = f"{about}:{channel}:{account}:{cause}:{at.timestamp()}"
        yield Happening(about, key, trouble=(channel, account, cause))


def still_waiting(about: About, subject: Subject, since: datetime) -> Happening:
    """Say that a visitor waits for an answer since then."""
    return Happening(about, f"{about}:{subject.id}:{int(since.timestamp() * 1000)}", subject, since)


def find_targets(
    happening: Happening, rules: NoticeRules, recipients: Collection[Recipient]
) -> list[str]:
    """List who hears of it: the team's channels, agents' devices and mailboxes.

    Of a stopped account all hear but those who would be told by it.
    """
    targets = list(rules.targets) if happening.about in _URLS_GET else []
    for recipient in recipients:
        if _concerns(recipient, happening):
            targets += _ways_to(recipient)
    return [target for target in targets if not _leaves_by(target, happening.trouble)]


def _leaves_by(target: str, trouble: tuple[str, str, str] | None) -> bool:
    match trouble:
        case None:
            return False
        case (channel, account, _) if (channel, account) == MAIL_SERVER:
            return target.startswith("mail:")
        case (channel, account, _):
            return channel == Work.NOTIFY and account == target


def _concerns(recipient: Recipient, happening: Happening) -> bool:
    match happening.about:
        case About.NEW | About.WAITING | About.ESCALATED:
            return True
        case About.TROUBLE | About.OVER:
            return recipient.is_admin
        case About.CONTACT | About.DIGEST:
            return False


def _ways_to(recipient: Recipient) -> list[str]:
    ways = [f"push:{device}" for device in recipient.devices] if recipient.wishes.push else []
    return [*ways, f"mail:{recipient.id}"] if recipient.wishes.mail else ways
