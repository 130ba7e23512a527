"""The desk itself: each act is one transaction, and a worker is woken after it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa

from bot.core.emails import Address, validate
from bot.core.model import ConversationId, Kind
from bot.desk.acts import Act, client_key
from bot.desk.address_book import AddressBook
from bot.desk.dossiers import Dossiers
from bot.desk.errors import (
    ClientIdUsedError,
    EmailTakenError,
    InvalidError,
    NoSuchAgentError,
    NotFoundError,
    StaleVersionError,
)
from bot.desk.mailing import where_mails_go, why_not_mailed
from bot.desk.progress import progress
from bot.desk.stopping import NO_STOPS, ConversationStops
from bot.desk.types import (
    Actor,
    ConversationChanges,
    Link,
    Person,
    Shown,
    ShownMessages,
    Words,
    Written,
)
from bot.desk.validation import check_client_id, check_name, check_search, check_text, read_email
from bot.ports.doorbell import Doorbell
from bot.storage.contacts.contact_rows import KeyTakenError
from bot.storage.conversations.conversations import (
    ConversationList,
    ConversationsWanted,
    ConversationView,
    find_conversation,
    list_conversations,
)
from bot.storage.conversations.messages import (
    Span,
    StoredMessage,
    find_by_client_key,
    list_messages,
)
from bot.storage.database.cursors import CursorError
from bot.storage.database.engine import Database
from bot.storage.database.transactions import read, retry_races
from bot.storage.mails.mails import find_recipient
from bot.storage.visitors.batch import Batch
from bot.storage.visitors.visitor_states import lock_conversations
from config.rules import CaptureRules

Result = TypeVar("Result")


def anybody(_connection: sa.Connection, _email: str) -> bool:
    """Take everybody for an agent."""
    return True


class Desk:
    """The desk of agents and programs; its calls block, so the web makes them from threads."""

    def __init__(
        self,
        database: Database,
        rules: Callable[[], CaptureRules],
        doorbell: Doorbell,
        clock: Callable[[], datetime],
        is_agent: Callable[[sa.Connection, str], bool] = anybody,
    ) -> None:
        self._database = database
        self._rules = rules
        self._doorbell = doorbell
        self._clock = clock
        self._is_agent = is_agent
        self.contacts = AddressBook(database, rules, doorbell, clock)
        self.dossiers = Dossiers(database)

    def conversations(
        self, wanted: ConversationsWanted, cursor: str | None, limit: int
    ) -> ConversationList:
        """List conversations, the newest activity first."""
        checked = replace(wanted, text=check_search("q", wanted.text))
        try:
            return read(
                self._database,
                lambda connection: list_conversations(connection, checked, cursor, limit),
            )
        except CursorError:
            msg = "cursor: none of ours."
            raise InvalidError(msg) from None

    def conversation(self, id: ConversationId) -> ConversationView:
        """Show a conversation."""
        return read(self._database, lambda connection: _existing(connection, id))

    def messages(self, id: ConversationId, span: Span) -> ShownMessages:
        """Show what was written, notes included."""
        return read(self._database, lambda connection: self._messages(connection, id, span))

    def _messages(self, connection: sa.Connection, id: ConversationId, span: Span) -> ShownMessages:
        found = list_messages(connection, id, span)
        view = find_conversation(connection, id)
        if found is None or view is None:
            raise NotFoundError
        stops = ConversationStops.find(connection, view.place)
        shown = [self._show(one, stops) for one in found.messages]
        return ShownMessages(shown, found.last_seq)

    def reply(self, id: ConversationId, words: Words, actor: Actor) -> Written:
        """Answer the visitor."""
        return self._write(id, words, actor, Kind.TEXT, Act.reply)

    def mail_instead(self, id: ConversationId, words: Words, actor: Actor) -> Written:
        """Answer by mail where the channel lets us write no more; raises NotMailedError.

        Beside a conversation that the address's owner has by mail it is always written there.
        """
        there = read(self._database, lambda connection: where_mails_go(connection, id))
        return self._write(there, words, actor, Kind.TEXT, Act.mail_instead)

    def why_not_mail(self, id: ConversationId) -> str | None:
        """Say why a reply can't go by mail instead; None: it can be offered."""

        def look(connection: sa.Connection) -> str | None:
            talk = find_recipient(connection, where_mails_go(connection, id))
            if talk is None:
                raise NotFoundError
            return why_not_mailed(connection, talk, self._rules(), self._clock())

        return read(self._database, look)

    def note(self, id: ConversationId, words: Words, actor: Actor) -> Written:
        """Write something for the team only."""
        return self._write(id, words, actor, Kind.NOTE, Act.note)

    def take_answer(self, id: ConversationId, seq: int, actor: Actor) -> None:
        """Make a mail from another address the visitor's answer; twice is as once."""
        self._act(id, actor, lambda act: act.take_answer(seq), _existing)

    def retry(self, id: ConversationId, seq: int, actor: Actor) -> None:
        """Send a message again that has not arrived; twice is as once while it is on its way."""
        self._act(id, actor, lambda act: act.retry(seq), _existing)

    def change(
        self, id: ConversationId, version: int, changes: ConversationChanges, actor: Actor
    ) -> ConversationView:
        """Close, reopen or assign what is still as the actor saw it."""

        def do(act: Act) -> None:
            if act.thread.version != version:
                raise StaleVersionError(_existing(act.batch.connection, id))
            if "assignee" in changes:
                act.assign(self._read_assignee(act.batch.connection, changes["assignee"]))
            if "status" in changes:
                act.set_status(changes["status"])

        return self._act(id, actor, do, _existing)

    def ask(self, id: ConversationId, actor: Actor) -> ConversationView:
        """Ask the visitor for an email, at an agent's wish."""
        return self._act(id, actor, Act.ask, _existing)

    def associate(
        self, id: ConversationId, email: str, actor: Actor, saw: Link | None = None
    ) -> ConversationView:
        """Say that the visitor is a contact that exists, unless `saw` has changed meanwhile."""
        address = read_email(email)
        return self._act(id, actor, lambda act: act.associate_known(address, saw), _existing)

    def associate_new(
        self, id: ConversationId, person: Person, actor: Actor, saw: Link | None = None
    ) -> ConversationView:
        """Say that the visitor is somebody who is no contact yet. Raises EmailTakenError."""
        address, named = _read_person(person)
        try:
            return self._act(
                id, actor, lambda act: act.associate_new(address, named, saw), _existing
            )
        except KeyTakenError:
            known = self.contacts.look_up(address.email)
            raise EmailTakenError(known.contact) if known else NotFoundError from None

    def associate_person(
        self, id: ConversationId, person: Person, actor: Actor
    ) -> ConversationView:
        """Say who the visitor is, with a new contact if none has the email."""
        address, named = _read_person(person)
        return self._act(id, actor, lambda act: act.associate(address, named), _existing)

    def dissociate(
        self, id: ConversationId, actor: Actor, saw: Link | None = None
    ) -> ConversationView:
        """Take back who the visitor is said to be, unless `saw` has changed meanwhile."""
        return self._act(id, actor, lambda act: act.dissociate(saw), _existing)

    def withdraw_consent(self, id: ConversationId, actor: Actor) -> ConversationView:
        """Note that the visitor no longer agrees that its address is kept; twice is as once."""
        return self._act(id, actor, Act.withdraw_consent, _existing)

    def _write(
        self,
        id: ConversationId,
        words: Words,
        actor: Actor,
        kind: Kind,
        act_on: Callable[[Act, Words], None],
    ) -> Written:
        check_text(words.text)
        key = client_key(id, check_client_id(words.client_id))
        known_before = False

        def do(act: Act) -> None:
            nonlocal known_before
            known = find_by_client_key(act.batch.connection, key)
            known_before = known is not None
            if known is None:
                act_on(act, words)
            elif (known.text, known.kind) != (words.text, kind):
                raise ClientIdUsedError

        def look(connection: sa.Connection, _id: ConversationId) -> StoredMessage | None:
            return find_by_client_key(connection, key)

        stored = self._act(id, actor, do, look)
        if stored is None:
            raise NotFoundError
        return Written(self._show(stored), fresh=not known_before)

    def _act(
        self,
        id: ConversationId,
        actor: Actor,
        do: Callable[[Act], None],
        look: Callable[[sa.Connection, ConversationId], Result],
    ) -> Result:
        def transaction(connection: sa.Connection) -> tuple[Batch, list[int], Result]:
            batch = Batch(connection, self._clock(), self._rules().announces)
            thread = lock_conversations(connection, [id]).get(id)
            if thread is None or thread.conversation is None:
                raise NotFoundError
            act = Act(batch, thread, thread.conversation, actor, self._rules())
            do(act)
            due = [*batch.save(), *act.due]
            return batch, due, look(connection, id)

        batch, due, result = retry_races(self._database, transaction)
        self._doorbell.hint(*batch.hints())
        self._doorbell.ring(*due)
        return result

    def _read_assignee(self, connection: sa.Connection, email: str | None) -> str | None:
        if email is None:
            return None
        address = validate(email)
        if isinstance(address, Address) and self._is_agent(connection, address.email):
            return address.email
        raise NoSuchAgentError

    def _show(self, message: StoredMessage, stops: ConversationStops = NO_STOPS) -> Shown:
        if not message.outgoing:
            return Shown(message, None)
        return Shown(message, progress(message, self._clock(), stops.reason(message)))


def _read_person(person: Person) -> tuple[Address, Person]:
    address = read_email(person.email)
    first_name = check_name("first_name", person.first_name)
    last_name = check_name("last_name", person.last_name)
    return address, Person(address.email, first_name, last_name)


def _existing(connection: sa.Connection, id: ConversationId) -> ConversationView:
    conversation = find_conversation(connection, id)
    if conversation is None:
        raise NotFoundError
    return conversation
