"""A conversation as a story: days, bubbles in groups, and what happened between them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias, assert_never

from bot.core.events import Attachment
from bot.core.files import KeptFile
from bot.core.model import Author, CaptureState, Kind, MessageId
from bot.desk.progress import Progress, Way
from bot.desk.reading import OpenThread
from bot.desk.types import Shown
from bot.edge.file_kinds import SHOWN
from bot.storage.conversations.messages import StoredMessage
from bot.storage.files.files import FileMark, FileState
from bot.storage.mails.original_mails import OriginalMark
from bot.storage.visitors.message_rows import AUTOMATIC_MAIL
from bot.web.inbox.conversation.audit_entries import tell_entry
from bot.web.inbox.conversation.deliveries import say_state, say_trouble
from bot.web.inbox.conversation.owners import find_owners_first, tell_lost, tell_owner
from bot.web.inbox.conversation.rows import Sight, name_attachment
from bot.web.inbox.conversation.timeline_items import (
    Bubble,
    Day,
    Item,
    ShownEvent,
    ShownPiece,
    ShownQuote,
)
from bot.web.inbox.conversation.times import clock_time, day_name
from bot.web.inbox.conversation.visit import find_start, tell_start
from bot.web.inbox.dependencies import PREFIX
from config.channel_facts import ChannelFacts

_TOGETHER = timedelta(minutes=5)
_LONGEST_QUOTE = 300
_TITLES = {
    Kind.CAPTURE_THANKS: "Automatic thanks",
    Kind.CAPTURE_HINT: "Automatic question",
    Kind.AWAY: "Away message",
    Kind.NOTE: "Whosthere",
}


def tell(thread: OpenThread, sight: Sight, names: Mapping[str, str]) -> list[Item]:
    """Tell a conversation in the order of time; `names` are the agents' by their emails."""
    told = _Teller(thread, sight, names).tell()
    for other in thread.beside:
        told = _merge(told, _Teller(other, sight, names).tell_beside())
    return list(_mark_groups(list(_mark_days(told, sight))))


_Moment: TypeAlias = tuple[datetime, ShownEvent | Bubble]


@dataclass(frozen=True, slots=True)
class _Teller:
    thread: OpenThread
    sight: Sight
    names: Mapping[str, str]

    def tell(self) -> list[_Moment]:
        said: list[_Moment] = [(one.message.at, self._message(one)) for one in self.thread.messages]
        self._insert_owners(said)
        self._insert_start(said)
        done: list[_Moment] = [
            (deed.at, tell_entry(deed, self.sight, self.names)) for deed in self.thread.deeds
        ]
        told = _merge(said, done)
        return [*told, *self._what_comes()]

    def tell_beside(self) -> list[_Moment]:
        """Tell only what was said, and where; what can be done about it is done there."""
        here, title = self.thread.conversation.id, self._channel.title
        return [
            (
                one.message.at,
                replace(item, conversation=here, channel=title, may_retry=False, may_be_taken=False)
                if isinstance(item := self._message(one), Bubble)
                else replace(item, conversation=here, key=f"c{here}-{item.key}"),
            )
            for one in self.thread.messages
        ]

    def _insert_start(self, said: list[_Moment]) -> None:
        visit = self.thread.visit
        begins = find_start(visit, self._messages)
        if begins is not None and (start := tell_start(visit, self.sight)):
            _insert(said, self._messages[begins], start)

    def _insert_owners(self, said: list[_Moment]) -> None:
        owner, messages = self.thread.ownership, self._messages
        begins, line = find_owners_first(owner, messages), tell_owner(owner)
        if begins is not None and line:
            _insert(said, messages[begins], line)
        lost = tell_lost(owner)
        if lost and messages and messages[0].seq == 1:
            said.insert(0, (said[0][0], lost))

    @property
    def _messages(self) -> list[StoredMessage]:
        return [one.message for one in self.thread.messages]

    def _message(self, shown: Shown) -> ShownEvent | Bubble:
        message = shown.message
        if message.kind is Kind.CAPTURE_PROMPT:
            return self._prompt(message, shown.progress)
        mark = self.thread.originals.get(message.id)
        if message.origin == AUTOMATIC_MAIL:
            return self._automatic_mail(message, mark)
        return Bubble(
            seq=message.seq,
            side=_side(message),
            author=self._author(message),
            text=message.text,
            pieces=tuple(
                self._piece(message.id, position, part)
                for position, part in enumerate(message.attachments)
            ),
            at=message.at,
            time=self._time(message.at),
            deleted=message.deleted,
            edited=message.edited,
            reaction="" if message.deleted else message.reaction or "",
            quote=self._quote(message),
            state=say_state(message, shown.progress, self.thread.mail_fates.get(message.id)),
            trouble=say_trouble(shown.progress, self._channel),
            may_retry=self._may_retry(message, shown.progress),
            has_original=mark is not None,
            may_be_taken=mark is not None and mark.may_be_taken,
        )

    def _automatic_mail(self, message: StoredMessage, mark: OriginalMark | None) -> ShownEvent:
        """Tell of an absence notice in one line: what it says is a click away."""
        first, _, said = message.text.partition("\n")
        return ShownEvent(
            key=f"m{message.seq}",
            icon="mail",
            words=first.rstrip(":."),
            time=self._time(message.at),
            why="A program wrote it: nobody is answered, and nobody waits.",
            said=said,
            original=message.seq if mark else 0,
        )

    def _prompt(self, message: StoredMessage, way: Progress | None) -> ShownEvent:
        view = self.thread.conversation
        match view.capture_state:
            case CaptureState.ASKED:
                outcome = "no answer yet"
            case CaptureState.DECLINED:
                outcome = "the visitor said no thanks"
            case CaptureState.CAPTURED:
                outcome = "answered"
            case CaptureState.IDLE | CaptureState.SCHEDULED | CaptureState.SKIPPED:
                outcome = ""
            case _:
                assert_never(view.capture_state)
        words = f"Asked for an email: {outcome}" if outcome else "Asked for an email"
        trouble = say_trouble(way, self._channel)
        return ShownEvent(
            key=f"m{message.seq}",
            icon="warning" if trouble else "mail",
            words=f"{words} · {trouble}" if trouble else words,
            time=self._time(message.at),
            why=view.capture_reason,
            said=message.text,
        )

    def _what_comes(self) -> Iterator[_Moment]:
        view = self.thread.conversation
        due_at = view.capture_due_at
        if view.capture_state is not CaptureState.SCHEDULED or due_at is None:
            return
        words = f"Will ask for an email at {self._time(due_at)} unless somebody replies"
        why, stop = view.capture_reason, self.thread.stop
        if stop:
            words = "Will ask for an email when messages leave again, unless somebody replies"
            why = f"{stop.reason} {why}"
        yield self.sight.now, ShownEvent("due", "warning" if stop else "clock", words, why=why)

    @property
    def _channel(self) -> ChannelFacts:
        return self.sight.channels.of(self.thread.conversation.place.channel)

    def _author(self, message: StoredMessage) -> str:
        match message.author:
            case Author.VISITOR:
                return self.sight.person(self.thread.conversation).name
            case Author.AGENT:
                return message.name or ("From another app" if message.origin else "A program")
            case Author.BOT if message.origin:
                return "Automatic reply of the page"
            case Author.BOT | Author.SYSTEM:
                return _TITLES.get(message.kind, "Automatic message")
            case _:
                assert_never(message.author)

    def _piece(self, id: MessageId, position: int, part: Attachment) -> ShownPiece:
        if kept := self.thread.uploads.get(id, {}).get(position):
            return _upload(kept)
        return _piece(part, self.thread.files.get((id, position)), f"{id}/{position}")

    def _quote(self, message: StoredMessage) -> ShownQuote | None:
        quoted = message.quoted
        if quoted is None or message.deleted:
            return None
        match quoted.author:
            case Author.VISITOR:
                author = self.sight.person(self.thread.conversation).name
            case Author.AGENT:
                author = quoted.name or "The team"
            case Author.BOT | Author.SYSTEM:
                author = "Automatic message"
            case _:
                assert_never(quoted.author)
        said = "Message deleted" if quoted.is_deleted else " ".join(quoted.text.split())
        return ShownQuote(f"m{quoted.seq}", author, said[:_LONGEST_QUOTE] or "Attachment")

    def _may_retry(self, message: StoredMessage, way: Progress | None) -> bool:
        is_stuck = way is not None and way.state in {Way.FAILED, Way.UNCERTAIN}
        is_ours = message.author is Author.AGENT and message.kind is Kind.TEXT
        return is_stuck and is_ours and self.thread.obstacle is None

    def _time(self, at: datetime) -> str:
        return clock_time(at, self.sight.zone)


def _insert(said: list[_Moment], message: StoredMessage, line: ShownEvent) -> None:
    """Put a line before a message that is told."""
    keys = [item.key for _, item in said]
    place = keys.index(f"m{message.seq}")
    said.insert(place, (said[place][0], line))


def _side(message: StoredMessage) -> str:
    if message.kind is Kind.NOTE:
        return "note"
    return "out" if message.outgoing else "in"


def _upload(kept: KeptFile) -> ShownPiece:
    is_picture = kept.content_type in SHOWN
    href, name = f"{PREFIX}/uploads/{kept.id}", name_attachment(kept.kind)
    return ShownPiece(kept.kind, name, kept.name, href=href, is_picture=is_picture)


def _piece(part: Attachment, mark: FileMark | None, key: str) -> ShownPiece:
    piece = ShownPiece(part.type, name_attachment(part.type), part.title or "")
    if mark is None:
        return piece
    if mark.state is FileState.REFUSED:
        return replace(piece, lack=mark.reason or "")
    is_picture = mark.content_type in SHOWN
    return replace(piece, href=f"{PREFIX}/files/{key}", is_picture=is_picture)


def _merge(said: Sequence[_Moment], done: Sequence[_Moment]) -> list[_Moment]:
    """Put what was done between what was said; messages keep the order of their numbers."""
    told: list[_Moment] = []
    rest = list(done)
    for at, message in said:
        while rest and rest[0][0] <= at:
            told.append(rest.pop(0))
        told.append((at, message))
    return told + rest


def _mark_days(moments: Sequence[_Moment], sight: Sight) -> Iterator[Item]:
    latest = None
    for at, item in moments:
        day = at.astimezone(sight.zone).date()
        if latest is None or day > latest:  # a late one does not turn the day back
            latest = day
            yield Day(f"day-{day:%Y-%m-%d}", day_name(at, sight.now, sight.zone))
        yield item


def _mark_groups(items: Sequence[Item]) -> Iterator[Item]:
    for number, item in enumerate(items):
        if not isinstance(item, Bubble):
            yield item
            continue
        before = items[number - 1] if number else None
        after = items[number + 1] if number + 1 < len(items) else None
        yield replace(item, is_first=not _belong(before, item), is_last=not _belong(item, after))


def _belong(one: Item | None, other: Item | None) -> bool:
    if not isinstance(one, Bubble) or not isinstance(other, Bubble) or one.trouble:
        return False
    same = (one.side, one.author, one.conversation) == (
        other.side,
        other.author,
        other.conversation,
    )
    if one.side == "in" and one.state != other.state:  # one of them came by mail
        return False
    return same and abs(other.at - one.at) < _TOGETHER
