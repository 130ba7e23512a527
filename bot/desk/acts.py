"""Acts on a conversation that is held under lock."""

from dataclasses import dataclass, field

from bot.apply import apply, deadline, order_delivery
from bot.core.audience import AGENTS
from bot.core.away import is_window_over
from bot.core.decisions import RefuseRequest
from bot.core.emails import Address
from bot.core.events import (
    AgentReplied,
    Attachment,
    ConsentWithdrawn,
    ContactAssociated,
    ContactRemoved,
    ConversationClosed,
    ConversationReopened,
    PromptRequested,
    VisitorWrote,
)
from bot.core.model import OF_THE_TEAM, Assurance, Author, Conversation, Kind, Status
from bot.desk.errors import (
    LinkChangedError,
    NoSuchContactError,
    NotAskedError,
    NotFoundError,
    NotMailedError,
    NotOursToRepeatError,
    OwnedElsewhereError,
    WindowClosedError,
)
from bot.desk.mailing import why_not_mailed
from bot.desk.progress import Way, progress
from bot.desk.types import Actor, Link, Person, Words
from bot.storage.contacts.contact_rows import NewClaim
from bot.storage.contacts.contacts import find_contact_by_key, lock_contacts
from bot.storage.conversations.conversations import find_conversation
from bot.storage.conversations.messages import find_by_seq, set_delivery
from bot.storage.mails.original_mails import Standing, find_original, mark_taken
from bot.storage.outbox.mail_rows import order_follow_up, order_mail
from bot.storage.outbox.settled import order_again
from bot.storage.visitors.batch import Batch, RaceLostError
from bot.storage.visitors.message_rows import BY_MAIL, Delivery, NewMessage
from bot.storage.visitors.visitor_states import VisitorState
from config.rules import CaptureRules


@dataclass(frozen=True, slots=True)
class Act:
    """An actor's act on one conversation; the caller saves its batch."""

    batch: Batch
    thread: VisitorState
    conversation: Conversation
    actor: Actor
    rules: CaptureRules
    due: list[int] = field(default_factory=list)
    """Outbox rows that became due by it, besides those of the batch."""

    def reply(self, words: Words) -> None:
        """Answer the visitor, and order the sending where the channel needs one."""
        self._check_that_we_may_write()
        channel = self.rules.for_channel(self.thread.place.channel)
        if channel.is_mail:
            self.mail_instead(words)
            return
        delivery = Delivery.SENT if channel.row_is_delivery else Delivery.PENDING
        message = self._write(words, Kind.TEXT, delivery)
        self.thread.answered_seq = message.seq
        apply(self.batch, self.thread, AgentReplied(self.batch.now), self.rules)
        if not channel.row_is_delivery:
            order_delivery(self.batch, message, self.rules)
        order_follow_up(self.batch, message, self.rules)
        self._audit("reply.written", {"seq": message.seq})

    def mail_instead(self, words: Words) -> None:
        """Answer by mail, where the channel lets us write no more."""
        connection, now = self.batch.connection, self.batch.now
        if reason := why_not_mailed(connection, self.conversation, self.rules, now):
            raise NotMailedError(reason)
        message = self._write(words, Kind.TEXT, Delivery.PENDING)
        message.origin = BY_MAIL
        self.thread.answered_seq = message.seq
        apply(self.batch, self.thread, AgentReplied(now), self.rules)
        order_mail(self.batch, message)
        self._audit("reply.mailed", {"seq": message.seq})

    def note(self, words: Words) -> None:
        """Write what only the team reads; it answers nobody."""
        message = self._write(words, Kind.NOTE, Delivery.SENT)
        self._audit("note.written", {"seq": message.seq})

    def take_answer(self, seq: int) -> None:
        """Make a mail from another address the visitor's answer, for the team to read; once."""
        talk = self.thread.conversation_id
        original = find_original(self.batch.connection, talk, seq) if talk else None
        if original is None or original.standing is not Standing.FROM_ANOTHER:
            raise NotFoundError
        if not original.may_be_taken:
            return
        now, files = (
            self.batch.now,
            tuple(Attachment("file", title=name) for name in original.files),
        )
        said = VisitorWrote(
            original.text, now, now, attachments=files, by_mail=True, audience=AGENTS
        )
        message = self.batch.add_message(
            NewMessage(
                self.thread,
                Author.VISITOR,
                said.text,
                at=now,
                created_at=now,
                attachments=files,
                origin=BY_MAIL,
                audience=said.audience,
                assurance=Assurance.CLAIMED,
            )
        )
        apply(self.batch, self.thread, said, self.rules)
        mark_taken(self.batch.connection, original.id, now)
        self._audit("answer.taken", {"seq": message.seq, "note": seq})

    def retry(self, seq: int) -> None:
        """Send an agent's message again that has not arrived, or perhaps not; else do nothing."""
        connection, now = self.batch.connection, self.batch.now
        message = find_by_seq(connection, self.thread.conversation_id, seq)
        if message is None:
            raise NotFoundError
        if message.author is not Author.AGENT or message.kind is not Kind.TEXT:
            raise NotOursToRepeatError
        if progress(message, now).state not in {Way.FAILED, Way.UNCERTAIN}:
            return
        self._check_that_we_may_write()
        row = order_again(connection, message.id, now, deadline(self.thread, self.rules))
        if row is None:
            raise NotOursToRepeatError
        self.due.append(row)
        set_delivery(connection, message.id, Delivery.PENDING, now)
        self.thread.conversation_changed = True
        self.batch.touch(self.thread)
        self._audit("delivery.retried", {"seq": seq})

    def set_status(self, status: Status) -> None:
        """Close or reopen, unless it is so already."""
        if self.conversation.status is status:
            return
        if status is Status.CLOSED:
            self.thread.answered_seq = self.thread.last_seq
            apply(self.batch, self.thread, ConversationClosed(self.batch.now), self.rules)
            self._audit("conversation.closed")
        else:
            apply(self.batch, self.thread, ConversationReopened(self.batch.now), self.rules)
            self._audit("conversation.reopened")

    def assign(self, assignee: str | None) -> None:
        """Give the conversation to an agent, or to nobody."""
        if self.thread.assignee == assignee:
            return
        self.thread.assignee, self.thread.conversation_changed = assignee, True
        self.batch.touch(self.thread)
        self._audit("conversation.assigned", {"assignee": assignee})

    def ask(self) -> None:
        """Let the visitor be asked for an email now; the rules of capture have the last word."""
        event = PromptRequested(self.batch.now, self.actor.key)
        for decision in apply(self.batch, self.thread, event, self.rules):
            if isinstance(decision, RefuseRequest):
                raise NotAskedError(decision.reason)
        self._audit("capture.requested")

    def associate_known(self, address: Address, saw: Link | None = None) -> None:
        """Say that the visitor is the contact with this address."""
        connection = self.batch.connection
        known = find_contact_by_key(connection, address.key)
        if known is None:
            raise NoSuchContactError
        if not lock_contacts(connection, [known.id]):
            raise RaceLostError  # erased or merged meanwhile: it must not be made anew
        if self.thread.contact_id != known.id:
            self.check_link(saw)
        self.associate(address, Person(address.email))

    def associate_new(self, address: Address, person: Person, saw: Link | None) -> None:
        """Say that the visitor is somebody new; saving raises KeyTakenError if it is not so."""
        self.check_link(saw)
        self._associate(address, person, only_if_new=True)

    def check_link(self, saw: Link | None) -> None:
        """Raise a LinkChangedError if the visitor is not said to be who the actor saw."""
        if saw is None or self.thread.contact_id == saw.contact_id:
            return
        here = self.thread.conversation_id
        view = find_conversation(self.batch.connection, here) if here else None
        raise LinkChangedError(view) if view else NotFoundError

    def associate(self, address: Address, person: Person) -> None:
        """Say who the visitor is; names count only if the contact is new."""
        known = find_contact_by_key(self.batch.connection, address.key)
        settled = self.conversation.email_source in OF_THE_TEAM
        if known and settled and self.thread.contact_id == known.id:
            return
        self._associate(address, person)

    def _associate(self, address: Address, person: Person, *, only_if_new: bool = False) -> None:
        self.batch.add_claim(
            NewClaim(
                self.thread,
                email=address.email,
                key=address.key,
                lookalike=address.lookalike,
                source=self.actor.source,
                at=self.batch.now,
                assurance=Assurance.CONFIRMED,
                actor=self.actor.key,
                first_name=person.first_name,
                last_name=person.last_name,
                only_if_new=only_if_new,
            )
        )
        event = ContactAssociated(address.email, self.batch.now, self.actor.source)
        apply(self.batch, self.thread, event, self.rules)

    def dissociate(self, saw: Link | None = None) -> None:
        """Take back who the visitor is said to be."""
        thread = self.thread
        self.check_link(saw)
        if thread.contact_id is None:
            return
        self._audit("contact.removed", {"contact_id": thread.contact_id})
        thread.contact_id, thread.contact_assurance, thread.visitor_changed = None, None, True
        apply(self.batch, thread, ContactRemoved(self.batch.now), self.rules)

    def withdraw_consent(self) -> None:
        """Note that the visitor no longer agrees; where it had not agreed, nothing happens."""
        event = ConsentWithdrawn(self.batch.now, self.actor.key)
        apply(self.batch, self.thread, event, self.rules)

    def _check_that_we_may_write(self) -> None:
        if self.conversation.owned_elsewhere:
            raise OwnedElsewhereError
        channel, seen_at = self.thread.place.channel, self.conversation.visitor_seen_at
        if is_window_over(channel, seen_at, self.batch.now, self.rules):
            raise WindowClosedError

    def _write(self, words: Words, kind: Kind, delivery: Delivery) -> NewMessage:
        return self.batch.add_message(
            NewMessage(
                self.thread,
                Author.AGENT,
                words.text,
                at=self.batch.now,
                created_at=self.batch.now,
                kind=kind,
                name=self.actor.name,
                client_key=client_key(self.thread.conversation_id, words.client_id),
                delivery=delivery,
            )
        )

    def _audit(self, action: str, detail: dict[str, object] | None = None) -> None:
        self.batch.audit(self.actor.key, action, self.thread, detail)


def client_key(conversation_id: int | None, client_id: str) -> str:
    """Make the key by which an agent's message is known when it comes again."""
    return f"{_prefix(conversation_id)}{client_id}"


def read_client_id(conversation_id: int, key: str | None) -> str | None:
    """Read the writer's own id out of such a key; None: the writer was no agent of ours."""
    prefix = _prefix(conversation_id)
    return key.removeprefix(prefix) if key and key.startswith(prefix) else None


def _prefix(conversation_id: int | None) -> str:
    return f"agent/{conversation_id}/"
