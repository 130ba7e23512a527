"""The list's rows as words: who it is, what was said last, how long somebody waits."""

import zlib
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core.model import Author, ConversationId, Kind, Status
from bot.core.names import full_name, unknown_name
from bot.core.search_query import NO_QUERY, MarkedText, SearchQuery, cut_and_mark
from bot.desk.agent import Agent
from bot.desk.overview import OverviewRow
from bot.ports.signals import room_of
from bot.storage.conversations.conversations import ConversationView
from bot.storage.conversations.overview import MOST_UNREAD, LastLine, Order
from bot.web.inbox.conversation.times import length, row_time
from config.channel_facts import ChannelFacts, ChannelTitles

_WORDS = {
    Kind.CAPTURE_PROMPT: "Asked for an email address",
    Kind.AWAY: "Away message",
}
_LINE = 160  # characters
_ATTACHMENTS = {
    "image": "Picture",
    "video": "Video",
    "audio": "Voice message",
    "file": "File",
    "location": "Place",
    "template": "Card",
}


@dataclass(frozen=True, slots=True)
class RowPerson:
    """The visitor or contact of a row."""

    name: str
    contact_id: int | None
    room: int
    """What signals call the visitor, as `room_of` numbers it."""
    is_here: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A conversation's row in the list."""

    id: ConversationId
    person: RowPerson
    channel: ChannelFacts
    time: str
    at: str
    """The same for programs."""
    line: tuple[MarkedText, ...]
    """The last message, or the one in which a search found something."""
    name: tuple[MarkedText, ...]
    found_seq: int | None
    """The number of the message that was found."""
    is_closed: bool
    unread: int
    stopped: str
    """Why nothing leaves by the conversation's way; empty: it does."""
    waits: str
    """How long; empty: not so long that it matters."""
    place: str
    """Where the list has it: three numbers, by which pages sort rows as the storage does."""

    @property
    def count(self) -> str:
        """The badge's text."""
        return "99+" if self.unread >= MOST_UNREAD else str(self.unread)

    @property
    def version(self) -> str:
        """Another one for other contents: a page that has this one needs no other."""
        return f"{zlib.crc32(repr(self).encode()):x}"


@dataclass(frozen=True, slots=True)
class Sight:
    """An agent's viewpoint: moment, time zone, and the visitors in the chat."""

    agent: Agent
    now: datetime
    zone: ZoneInfo
    waits_long: timedelta
    present: Collection[int] = frozenset()
    """Rooms, as `room_of` numbers them."""
    channels: ChannelTitles = field(default_factory=ChannelTitles)

    def person(self, view: ConversationView) -> RowPerson:
        """Name whom a conversation is with; a contact's own name is better than the profile's."""
        name = view.visitor_name
        if view.contact:
            name = full_name(view.contact.first_name, view.contact.last_name)
            name = name or _profile_name(view) or view.contact.email
        contact_id = view.contact.id if view.contact else None
        room = room_of(view.place)
        return RowPerson(name, contact_id, room, room in self.present)

    def row(
        self,
        found: OverviewRow,
        order: Order = Order.NEWEST,
        query: SearchQuery = NO_QUERY,
    ) -> Row:
        """Describe a conversation for the list, and mark what is looked for."""
        view = found.conversation
        at = view.last_message_at or self.now
        person = self.person(view)
        return Row(
            id=view.id,
            person=person,
            name=tuple(cut_and_mark(person.name, query, len(person.name))),
            channel=self.channels.of(view.place.channel),
            time=row_time(at, self.now, self.zone),
            at=at.isoformat(),
            line=self._line(found, query),
            found_seq=found.found_line.seq if found.found_line else None,
            is_closed=view.status is Status.CLOSED,
            unread=found.unread,
            stopped=view.stop_reason or "",
            waits=self._waits(view),
            place=_place(view, order),
        )

    def _line(self, found: OverviewRow, query: SearchQuery) -> tuple[MarkedText, ...]:
        if found.found_line:
            return tuple(cut_and_mark(say_found(found.found_line, self.agent), query, _LINE))
        contact = found.conversation.contact
        email = tuple(cut_and_mark(contact.email, query, _LINE)) if contact else ()
        if any(piece.is_match for piece in email):
            return email
        return (MarkedText(say_last(found.last_line, self.agent), is_match=False),)

    def _waits(self, view: ConversationView) -> str:
        if view.waiting_since is None or view.status is Status.CLOSED:
            return ""
        span = self.now - view.waiting_since
        return length(span) if span >= self.waits_long else ""


def _place(view: ConversationView, order: Order) -> str:
    if order is Order.WAITING and view.waiting_since:
        return f"0 {_micros(view.waiting_since)} {view.id}"
    newest = view.last_message_at or datetime.fromtimestamp(0, UTC)
    return f"1 {-_micros(newest)} {-view.id}"


def _micros(at: datetime) -> int:
    return (at - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)


def _profile_name(view: ConversationView) -> str:
    return "" if view.visitor_name == unknown_name(view.place) else view.visitor_name


def say_last(line: LastLine | None, agent: Agent) -> str:
    """Write a last message as one line."""
    if line is None:
        return ""
    if line.deleted:
        return "Message deleted"
    said = _WORDS.get(line.kind) or _words_of(line) or _name_attachments(line)
    return _say_who(line, said, agent)


def say_found(line: LastLine, agent: Agent) -> str:
    """Write a message in which something was found as one line, whoever wrote it."""
    return _say_who(line, _words_of(line), agent)


def _words_of(line: LastLine) -> str:
    return " ".join(line.text.split())


def _say_who(line: LastLine, said: str, agent: Agent) -> str:
    match line.author:
        case Author.AGENT if line.kind is Kind.NOTE:
            return f"Note: {said}"
        case Author.AGENT if line.name in {None, agent.actor.name}:
            return f"You: {said}"
        case Author.AGENT:
            return f"{line.name}: {said}"
        case _:
            return said


def _name_attachments(line: LastLine) -> str:
    return ", ".join(name_attachment(part.type) for part in line.attachments)


def name_attachment(type: str) -> str:
    """Name what came along with a message."""
    return _ATTACHMENTS.get(type, "Attachment")
