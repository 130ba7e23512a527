"""A conversation as a story: days, bubbles in groups, and what happened between them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias, assert_never

from bot.core.events import Attachment
from bot.core.model import Author, CaptureState, Kind, Status
from bot.delivery.claims import WINDOW_OVER
from bot.desk.people import Shown
from bot.desk.progress import Progress, Way
from bot.desk.reading import OpenThread
from bot.porter.kinds import SHOWN
from bot.storage.files import FileMark, FileState
from bot.storage.history import Deed
from bot.storage.messages import StoredMessage
from bot.web.inbox.parts import PREFIX
from bot.web.inbox.rows import Sight, name_attachment
from bot.web.inbox.times import clock_time, day_name

_TOGETHER = timedelta(minutes=5)
_TITLES = {
    Kind.CAPTURE_THANKS: "Automatic thanks",
    Kind.CAPTURE_HINT: "Automatic question",
    Kind.AWAY: "Away message",
}
_DEEDS = {
    "conversation.closed": ("check", "closed the conversation"),
    "conversation.reopened": ("refresh", "reopened the conversation"),
    "capture.requested": ("mail", "wanted the email asked for"),
    "contact.removed": ("user", "unlinked the contact"),
}
_CHANNELS = {"messenger": "Messenger", "webchat": "The web chat"}


@dataclass(frozen=True, slots=True)
class Day:
    """A line where another day begins."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Happening:
    """A line about something that is no message."""

    key: str
    icon: str
    words: str
    time: str = ""
    why: str = ""
    """The core's own reason."""
    said: str = ""
    """What the bot said on the occasion."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Something that came along; what it links to is none of the agent's browser's business."""

    type: str
    name: str
    title: str
    href: str = ""
    """Where our own copy is, if there is one…"""
    is_picture: bool = False
    lack: str = ""
    """…or why there is none."""


@dataclass(frozen=True, slots=True)
class Bubble:
    """A message; the last of a group says whose the group is, and when."""

    seq: int
    side: str
    """`in`, `out`, or `note`."""
    author: str
    text: str
    pieces: tuple[Piece, ...]
    at: datetime
    time: str
    deleted: bool = False
    edited: bool = False
    state: str = ""
    """How far the last of the group has come."""
    trouble: str = ""
    """Why it has not arrived, in words."""
    may_retry: bool = False
    is_first: bool = True
    is_last: bool = True

    @property
    def key(self) -> str:
        """Its id on the page."""
        return f"m{self.seq}"


Item: TypeAlias = Day | Happening | Bubble


def tell(thread: OpenThread, sight: Sight, names: Mapping[str, str]) -> list[Item]:
    """Tell a conversation in the order of time; `names` are the agents' by their emails."""
    teller = _Teller(thread, sight, names)
    return list(_mark_groups(list(_mark_days(teller.tell(), sight))))


_Moment: TypeAlias = tuple[datetime, Happening | Bubble]


@dataclass(frozen=True, slots=True)
class _Teller:
    thread: OpenThread
    sight: Sight
    names: Mapping[str, str]

    def tell(self) -> list[_Moment]:
        said: list[_Moment] = [(one.message.at, self._message(one)) for one in self.thread.messages]
        done: list[_Moment] = [(deed.at, self._deed(deed)) for deed in self.thread.deeds]
        told = _merge(said, done)
        return [*told, *self._what_comes()]

    def _message(self, shown: Shown) -> Happening | Bubble:
        message = shown.message
        if message.kind is Kind.CAPTURE_PROMPT:
            return self._prompt(message, shown.progress)
        return Bubble(
            seq=message.seq,
            side=_side(message),
            author=self._author(message),
            text=message.text,
            pieces=tuple(
                _piece(
                    part, self.thread.files.get((message.id, position)), f"{message.id}/{position}"
                )
                for position, part in enumerate(message.attachments)
            ),
            at=message.at,
            time=self._time(message.at),
            deleted=message.deleted,
            edited=message.edited,
            state=_state(message, shown.progress),
            trouble=_trouble(shown.progress),
            may_retry=self._may_retry(message, shown.progress),
        )

    def _prompt(self, message: StoredMessage, way: Progress | None) -> Happening:
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
        trouble = _trouble(way)
        return Happening(
            key=f"m{message.seq}",
            icon="warning" if trouble else "mail",
            words=f"{words} · {trouble}" if trouble else words,
            time=self._time(message.at),
            why=view.capture_reason,
            said=message.text,
        )

    def _deed(self, deed: Deed) -> Happening:
        icon, words = self._describe(deed)
        return Happening(f"d{deed.id}", icon, words, self._time(deed.at))

    def _describe(self, deed: Deed) -> tuple[str, str]:
        who = name_actor(deed.actor, self.sight, self.names)
        if deed.action == "conversation.assigned":
            return "user", f"{who} {self._assigned(deed)}"
        if deed.action in _DEEDS:
            icon, what = _DEEDS[deed.action]
            return icon, f"{who} {what}"
        if deed.actor == "visitor":
            return "mail", "The visitor gave an email, not verified"
        return "user", f"{who} added the contact"

    def _assigned(self, deed: Deed) -> str:
        match deed.detail.get("assignee"):
            case str() as email if email == deed.actor:
                return "took the conversation"
            case str() as email:
                to = name_actor(email, self.sight, self.names)
                return f"gave the conversation to {to.lower() if to == 'You' else to}"
            case _:
                return "gave the conversation back to all"

    def _what_comes(self) -> Iterator[_Moment]:
        view = self.thread.conversation
        due_at = view.capture_due_at
        if view.capture_state is not CaptureState.SCHEDULED or due_at is None:
            return
        words = f"Will ask for an email at {self._time(due_at)} unless somebody replies"
        yield self.sight.now, Happening("due", "clock", words, why=view.capture_reason)

    def _author(self, message: StoredMessage) -> str:
        match message.author:
            case Author.VISITOR:
                return self.sight.person(self.thread.conversation).name
            case Author.AGENT:
                return message.name or ("From another app" if message.origin else "A program")
            case Author.BOT | Author.SYSTEM:
                return _TITLES.get(message.kind, "Automatic message")
            case _:
                assert_never(message.author)

    def _may_retry(self, message: StoredMessage, way: Progress | None) -> bool:
        is_stuck = way is not None and way.state in {Way.FAILED, Way.UNCERTAIN}
        is_ours = message.author is Author.AGENT and message.kind is Kind.TEXT
        return is_stuck and is_ours and self.thread.obstacle is None

    def _time(self, at: datetime) -> str:
        return clock_time(at, self.sight.zone)


def name_actor(actor: str, sight: Sight, names: Mapping[str, str]) -> str:
    """Name who did something, as this agent would."""
    if actor == sight.agent.email:
        return "You"
    known = {"visitor": "The visitor", "api": "A program"}
    return known.get(actor) or names.get(actor, actor)


def say_change(deed: Deed | None, sight: Sight, names: Mapping[str, str], when: str) -> str:
    """Tell an agent who comes too late what has changed meanwhile."""
    if deed is None:
        return "The conversation has changed meanwhile."
    who = name_actor(deed.actor, sight, names)
    match deed.action, deed.detail.get("assignee"):
        case "conversation.closed", _:
            return f"{who} closed it {when}."
        case "conversation.reopened", _:
            return f"{who} reopened it {when}."
        case _, str() as email if email == deed.actor:
            return f"{who} took it {when}."
        case _, str() as email:
            return f"{who} gave it to {name_actor(email, sight, names)} {when}."
        case _:
            return f"{who} gave it back to all {when}."


def is_open(thread: OpenThread) -> bool:
    """Say whether the conversation is on the desk."""
    return thread.conversation.status is Status.OPEN


def channel_name(channel: str) -> str:
    """Name a channel as people do."""
    return _CHANNELS.get(channel, channel)


def _side(message: StoredMessage) -> str:
    if message.kind is Kind.NOTE:
        return "note"
    return "out" if message.outgoing else "in"


def _piece(part: Attachment, mark: FileMark | None, key: str) -> Piece:
    piece = Piece(part.type, name_attachment(part.type), part.title or "")
    if mark is None:
        return piece
    if mark.state is FileState.REFUSED:
        return replace(piece, lack=mark.reason or "")
    is_picture = mark.content_type in SHOWN
    return replace(piece, href=f"{PREFIX}/files/{key}", is_picture=is_picture)


def _state(message: StoredMessage, way: Progress | None) -> str:
    if way is None or message.kind is Kind.NOTE:
        return ""
    match way.state:
        case Way.PENDING:
            return "Sending…"
        case Way.SENT:
            return "Sent"
        case Way.DELIVERED:
            return "Delivered"
        case Way.SEEN:
            return "Seen"
        case Way.FAILED | Way.UNCERTAIN:
            return ""
        case _:
            assert_never(way.state)


def _trouble(way: Progress | None) -> str:
    match way:
        case Progress(state=Way.FAILED, error=str() as error) if error == WINDOW_OVER:
            return "Not delivered: outside Messenger's 24 hours"
        case Progress(state=Way.FAILED, error=error):
            return f"Not delivered: {error}" if error else "Not delivered"
        case Progress(state=Way.UNCERTAIN, error=error):
            return f"Delivery uncertain. {error or ''}".strip()
        case _:
            return ""


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
    same = (one.side, one.author) == (other.side, other.author)
    return same and abs(other.at - one.at) < _TOGETHER
