"""The messages that a transaction knows by key, and what is changed about them afterwards."""

from dataclasses import dataclass, replace
from typing import TypeAlias

from bot.core.arrivals import MessageReacted
from bot.core.model import MessageId, VisitorKey
from bot.storage.conversations.reactions import NewReaction
from bot.storage.visitors.batch import Batch
from bot.storage.visitors.dedupe import KnownMessage
from bot.storage.visitors.message_rows import NewMessage
from bot.storage.visitors.visitor_states import VisitorState

_Message: TypeAlias = KnownMessage | NewMessage


@dataclass(frozen=True, slots=True)
class MessageChanges:
    """Edits messages and takes them back, be they stored or still to be written."""

    batch: Batch
    known: dict[str, _Message]
    """By provider key."""
    texts: dict[str, str]
    """What stored messages say that are to be changed."""
    unsent: set[str]
    """Keys of messages that were taken back before they came."""

    def is_settled(self, key: str | None) -> bool:
        """Whether a message with this key is stored already, or is barred."""
        return key in self.known or key in self.unsent

    def add(self, key: str | None, message: NewMessage) -> None:
        """Know a message from now on that is being written."""
        if key:
            self.known[key] = message

    def know_sent(self, thread: VisitorState, key: str, id: MessageId) -> None:
        """Know the key of a message of ours, and empty that if it was taken back before."""
        deleted = key in self.unsent
        if deleted:
            self.batch.delete_message(id)
        self.known[key] = KnownMessage(
            id, thread.conversation_id or 0, 0, 0, deleted=deleted, incoming=False
        )

    def edit(self, thread: VisitorState, key: str, text: str, edit: int) -> str | None:
        """Give a visitor's message its newer text; returns the former one, None if it stays."""
        message = self.known.get(key)
        if not message or not _is_in(message, thread, incoming=True) or message.edit >= edit:
            return None
        if isinstance(message, NewMessage):
            before, message.text, message.edit = message.text, text, edit
            return before
        self.batch.edit_message(message.id, text, edit)
        self.known[key] = replace(message, edit=edit)
        before, self.texts[key] = self.texts.get(key, ""), text
        return before

    def react(self, thread: VisitorState, report: MessageReacted, key: str) -> bool:
        """Put the visitor's emoji on a message of its conversation; says whether there is one."""
        message = self.known.get(key)
        if not message or not any(_is_in(message, thread, incoming=side) for side in (True, False)):
            return False
        if isinstance(message, NewMessage):
            message.reaction, message.reacted_at = report.emoji, report.at
        else:
            self.batch.reactions.append(NewReaction(message.id, report.emoji, report.at))
        return True

    def keep_out(self, place: VisitorKey, key: str) -> None:
        """Let a message not come any more that was taken back before it came."""
        if not self.is_settled(key):
            self.unsent.add(key)
            self.batch.keep_out(place, key)

    def take_back(
        self, thread: VisitorState, key: str, *, incoming: bool
    ) -> tuple[int, str] | None:
        """Empty a message; returns its number and what it said, None if there is none to empty."""
        message = self.known.get(key)
        if not message or not _is_in(message, thread, incoming=incoming):
            return None
        if isinstance(message, NewMessage):
            before = message.text
            message.text, message.attachments, message.payload = "", (), None
            message.deleted_at = self.batch.now
            return message.seq, before
        self.batch.delete_message(message.id)
        self.known[key] = replace(message, deleted=True)
        return message.seq, self.texts.get(key, "")


def _is_in(message: _Message, thread: VisitorState, *, incoming: bool) -> bool:
    """Whether the conversation holds the message on that side, not unsent."""
    if isinstance(message, NewMessage):
        is_here = message.thread is thread
    else:
        is_here = message.conversation_id == thread.conversation_id
    return is_here and message.incoming is incoming and not message.deleted
