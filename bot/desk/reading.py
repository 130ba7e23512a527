"""A conversation as an agent opens it: what was said and done, and whether one may answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import sqlalchemy as sa

from bot.core.away import is_window_over
from bot.core.files import KeptFile
from bot.core.model import Conversation, ConversationId, MessageId
from bot.desk.errors import NotFoundError, OwnedElsewhereError, WindowClosedError
from bot.desk.mail_fates import MailFates
from bot.desk.mailing import where_mails_go, why_not_mailed
from bot.desk.progress import progress
from bot.desk.stopping import ConversationStops
from bot.desk.types import Shown
from bot.storage.conversations.conversations import ConversationView, find_conversation
from bot.storage.conversations.history import Deed, find_last_change, list_deeds
from bot.storage.conversations.mail_sides import find_linked
from bot.storage.conversations.messages import Span, StoredMessage, find_span, list_messages
from bot.storage.conversations.owners import Ownership, find_ownership
from bot.storage.database.engine import Database
from bot.storage.database.transactions import read
from bot.storage.files.files import FileMark, StoredFile, find_file, find_marks
from bot.storage.files.uploads import find_attached
from bot.storage.mails.mails import find_recipient
from bot.storage.mails.original_mails import Original, OriginalMark, find_original, find_originals
from bot.storage.outbox.stops import Stop
from bot.storage.visitors.visits import StoredVisit, find_visit
from config.rules import CaptureRules

_MOST_DEEDS = 200
_BESIDE = 200


@dataclass(frozen=True, slots=True)
class OpenThread:
    """A conversation with some of its messages, the oldest first."""

    conversation: ConversationView
    messages: list[Shown]
    deeds: list[Deed]
    """What was done since the first of the messages."""
    obstacle: str | None
    """Why nobody may answer."""
    window_until: datetime | None
    """Until when the channel lets us answer."""
    may_mail: bool = False
    """Nobody may answer on the channel, but a mail can go, or the owner has a side by mail."""
    files: Mapping[tuple[MessageId, int], FileMark] = field(default_factory=dict)
    """The copies of what came along, by message and position."""
    uploads: Mapping[MessageId, Mapping[int, KeptFile]] = field(default_factory=dict)
    """The files that came with messages, by message and position."""
    visit: StoredVisit | None = None
    """Where on a site the visitor is, on a channel that knows pages."""
    originals: Mapping[MessageId, OriginalMark] = field(default_factory=dict)
    """The messages and notes whose mail is kept."""
    ownership: Ownership = field(default_factory=Ownership)
    mail_fates: Mapping[MessageId, str] = field(default_factory=dict)
    """What has become of the mails of replies that were not seen in the chat."""
    stop: Stop | None = None
    """Why nothing leaves by the conversation's way at the moment."""
    beside: Sequence["OpenThread"] = ()
    """The conversations that are told with it, because one of them is the owner's by mail."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Opens conversations for agents; blocks, so the web calls it from threads."""

    database: Database
    rules: Callable[[], CaptureRules]
    clock: Callable[[], datetime]

    def open(self, id: ConversationId, span: Span) -> OpenThread:
        """Open a conversation, as it is at one moment."""
        return read(self.database, lambda connection: self._open_all(connection, id, span))

    def file(self, message: MessageId, position: int) -> StoredFile | None:
        """Read a copy that is kept."""
        return read(self.database, lambda connection: find_file(connection, message, position))

    def original(self, id: ConversationId, seq: int) -> Original | None:
        """Open the mail that a message came by; None: there is none, or no more."""
        return read(self.database, lambda connection: find_original(connection, id, seq))

    def last_change(self, id: ConversationId) -> Deed | None:
        """Say who last closed, reopened or assigned a conversation."""
        return read(self.database, lambda connection: find_last_change(connection, id))

    def _open_all(self, connection: sa.Connection, id: ConversationId, span: Span) -> OpenThread:
        thread = self._open(connection, id, span)
        linked = find_linked(connection, id)
        spans = [(one, _span_beside(connection, one, thread)) for one in linked]
        beside = [self._open(connection, *one) for one in spans]
        return replace(thread, beside=tuple(beside))

    def _open(self, connection: sa.Connection, id: ConversationId, span: Span) -> OpenThread:
        view = find_conversation(connection, id)
        found = list_messages(connection, id, span)
        if view is None or found is None:
            raise NotFoundError
        first = found.messages[0] if found.messages else None
        since = first.created_at if first and first.seq > 1 else None
        talk = find_recipient(connection, id)
        stops = ConversationStops.find(connection, view.place)
        shown = [self._show(message, stops) for message in found.messages]
        fates = MailFates(self.rules(), self.clock(), stops.mail)
        return OpenThread(
            view,
            shown,
            list_deeds(connection, id, since, _MOST_DEEDS),
            self._obstacle(connection, view, talk),
            self._window_until(view),
            self._may_mail(connection, view),
            find_marks(connection, [one.id for one in found.messages if one.attachments]),
            find_attached(connection, [one.id for one in found.messages if one.attachments]),
            find_visit(connection, id),
            find_originals(connection, [one.id for one in found.messages]),
            find_ownership(connection, id, view.place),
            fates.find(connection, talk, shown) if talk else {},
            stops.own,
        )

    def _show(self, message: StoredMessage, stops: ConversationStops) -> Shown:
        if not message.outgoing:
            return Shown(message, None)
        return Shown(message, progress(message, self.clock(), stops.reason(message)))

    def _obstacle(
        self, connection: sa.Connection, view: ConversationView, talk: Conversation | None
    ) -> str | None:
        if view.owned_elsewhere:
            return str(OwnedElsewhereError())
        rules, channel, now = self.rules(), view.place.channel, self.clock()
        if talk and rules.for_channel(channel).is_mail:
            return why_not_mailed(connection, talk, rules, now)
        is_over = is_window_over(channel, view.visitor_seen_at, now, rules)
        return str(WindowClosedError()) if is_over else None

    def _may_mail(self, connection: sa.Connection, view: ConversationView) -> bool:
        rules = self.rules()
        if rules.for_channel(view.place.channel).is_mail:
            return False  # all that is written goes by mail
        talk = find_recipient(connection, where_mails_go(connection, view.id))
        return talk is not None and not why_not_mailed(connection, talk, rules, self.clock())

    def _window_until(self, view: ConversationView) -> datetime | None:
        window = self.rules().for_channel(view.place.channel).window
        return view.visitor_seen_at + window if window and view.visitor_seen_at else None


def _span_beside(connection: sa.Connection, id: ConversationId, thread: OpenThread) -> Span:
    """Choose what was written in another conversation while an open one's messages were."""
    shown = [one.message for one in thread.messages]
    since = shown[0].created_at if shown and shown[0].seq > 1 else None
    is_newest = not shown or shown[-1].seq == thread.conversation.last_seq
    return find_span(connection, id, since, None if is_newest else shown[-1].created_at, _BESIDE)
