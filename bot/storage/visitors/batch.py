"""Gathers what one transaction writes, and writes it with a fixed number of statements."""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.arrivals import Fault, Visit
from bot.core.emails import key_of
from bot.core.model import ContactId, ConversationId, Kind, MessageId, VisitorKey
from bot.core.search_line import line_of
from bot.ports.signals import ChangeSignal, room_of
from bot.storage.contacts.consents import NewConsent, end_consents, insert_consents, tell_consents
from bot.storage.contacts.contact_rows import NewClaim, save_contacts
from bot.storage.contacts.email_domains import domains_to_look_up, lookup_order
from bot.storage.conversations.reactions import NewReaction, save_reactions
from bot.storage.database import bulk
from bot.storage.database.bulk import Row
from bot.storage.files.files import forget_files
from bot.storage.files.uploads import attach, forget_uploads
from bot.storage.mails.mails import end_reply_addresses
from bot.storage.outbox.announcements import Announcement, announcement_row
from bot.storage.outbox.rows import PROMPT_CONFLICT, ROW_CONFLICT, OutboxRow, Work
from bot.storage.outbox.settled import settle_by_echo
from bot.storage.tables import dead_letters, time_text
from bot.storage.visitors.dedupe import insert_unsent
from bot.storage.visitors.insertions import (
    NewAudit,
    find_due,
    insert_audits,
    insert_claims,
    insert_conversations,
    insert_messages,
    insert_orders,
    insert_visitors,
    number_orders,
    tell_new,
)
from bot.storage.visitors.message_rows import Delivery, NewMessage
from bot.storage.visitors.page_echoes import NewPageEcho, insert_echoes
from bot.storage.visitors.state_columns import CONVERSATION_COLUMNS, VISITOR_COLUMNS
from bot.storage.visitors.visitor_states import (
    VisitorState,
)
from bot.storage.visitors.visits import insert_visits

_LONGEST_NAME = 500


class RaceLostError(Exception):
    """Another transaction was first: repeat this one."""


@dataclass(slots=True)
class Batch:
    """The changes of one transaction, in memory until `save`."""

    connection: sa.Connection
    now: datetime
    announces: bool = False
    """Somebody wants to be told what happens."""
    reserved: bulk.Reserved | None = None
    """Ids that may be used, if there are enough."""
    waiting: list[ConversationId] = field(default_factory=list)
    """Where the team is to be told that something waits for it."""
    consents: list[NewConsent] = field(default_factory=list)
    ended_consents: list[tuple[VisitorState, str]] = field(default_factory=list)
    """Whose consents are withdrawn, and on whose word."""
    page_echoes: list[NewPageEcho] = field(default_factory=list)
    reactions: list[NewReaction] = field(default_factory=list)
    _threads: dict[int, VisitorState] = field(default_factory=dict)
    _messages: list[NewMessage] = field(default_factory=list)
    _orders: dict[tuple[Work, int | str, int | None], OutboxRow] = field(default_factory=dict)
    _prompts: dict[int, OutboxRow] = field(default_factory=dict)
    _claims: list[NewClaim] = field(default_factory=list)
    _audits: list[NewAudit] = field(default_factory=list)
    _edits: dict[MessageId, Row] = field(default_factory=dict)
    _deletions: list[Row] = field(default_factory=list)
    _unsent: list[MessageId] = field(default_factory=list)
    _kept_out: dict[VisitorKey, set[str]] = field(default_factory=dict)
    _echoes: list[tuple[str, MessageId]] = field(default_factory=list)
    _faults: list[dict[str, object]] = field(default_factory=list)
    _visits: dict[int, tuple[VisitorState, Visit]] = field(default_factory=dict)
    _met: list[tuple[NewClaim, bool]] = field(default_factory=list)
    _told: list[tuple[VisitorKey, VisitorState]] = field(default_factory=list)

    def touch(self, thread: VisitorState) -> None:
        """Write this thread where it is new or its flags say that it changed."""
        self._threads[id(thread)] = thread

    def add_message(self, message: NewMessage) -> NewMessage:
        """Give the message its place in the conversation."""
        thread = message.thread
        thread.last_seq += 1
        message.seq = thread.last_seq
        if thread.last_message_at is None or message.at > thread.last_message_at:
            thread.last_message_at = message.at
        thread.conversation_changed = True
        self.touch(thread)
        self._messages.append(message)
        return message

    def tell(self, place: VisitorKey, thread: VisitorState) -> None:
        """Have those look again who show the conversation at a place that is no longer its own."""
        self._told.append((place, thread))

    def add_visit(self, thread: VisitorState, visit: Visit) -> None:
        """Keep where a visitor is; the last word in a transaction counts."""
        self._visits[id(thread)] = (thread, visit)

    def add_order(self, order: OutboxRow) -> None:
        """Ask for work outside; a second order of its kind for the same is the same order."""
        what = order.key or id(order.message or order.thread)
        self._orders.setdefault((order.kind, what, order.part), order)

    def set_prompt(self, order: OutboxRow) -> None:
        """Arm or disarm a conversation's one prompt; the last word in a transaction counts."""
        self._prompts[id(order.thread)] = order

    def add_claim(self, claim: NewClaim) -> None:
        """Create or associate the contact of this address."""
        claim.thread.visitor_changed = True
        self.touch(claim.thread)
        self._claims.append(claim)

    def edit_message(self, id: MessageId, text: str, edit: int) -> None:
        """Give a stored message another text; the last one in a transaction counts."""
        self._edits[id] = (text, line_of(text), edit, id)

    def delete_message(self, id: MessageId) -> None:
        """Take away what a stored message said."""
        self._deletions.append(("", "", None, None, time_text(self.now), id))
        self._unsent.append(id)

    def keep_out(self, place: VisitorKey, provider_key: str) -> None:
        """Let a visitor's message not come in any more that was taken back before it came."""
        self._kept_out.setdefault(place, set()).add(provider_key)

    def confirm_by_echo(self, id: MessageId, provider_key: str) -> None:
        """Mark as sent what the channel has shown us, whatever its answer was."""
        self._echoes.append((provider_key, id))

    def add_fault(self, channel: str, fault: Fault) -> None:
        """Keep what can't be understood or stored, for a person to look at."""
        self._faults.append(
            {
                "channel": channel,
                "account": fault.account and _storable(fault.account),
                "raw": fault.raw,
                "reason": fault.reason,
                "state": "open",
                "created_at": self.now,
                "digest": sha256(fault.raw).hexdigest(),
            }
        )

    def audit(
        self, actor: str, action: str, thread: VisitorState, detail: dict[str, object] | None = None
    ) -> None:
        """Keep who did what, in the transaction that did it."""
        self._audits.append(NewAudit(actor, action, thread, detail))

    def save(self, *, last: bool = False) -> list[int]:
        """Write everything; returns the ids of outbox rows that are due now.

        If nothing else follows, `last` lets the commit go along with it. Raises RaceLostError if
        a contact was erased meanwhile.
        """
        threads = list(self._threads.values())
        new_visitors = [thread for thread in threads if thread.visitor_id is None]
        new_talks = [t for t in threads if t.conversation is not None and not t.conversation_id]
        changed_visitors = [t for t in threads if t.visitor_changed and t.visitor_id]
        changed_talks = [t for t in threads if t.conversation_changed and t.conversation_id]
        lookups = self._lookups()
        ids = self._ids(len(new_visitors), len(new_talks), len(lookups))
        # now, while it has no id yet: for what is new itself nobody can have ordered anything
        new_orders, orders = tell_new(self._orders.values())
        new_prompts, prompts = tell_new(self._prompts.values())
        contacts = self._save_contacts()
        insertions = [
            insert_visitors(new_visitors, ids),
            insert_conversations(new_talks, ids),
            insert_messages(self._messages, ids),
            insert_visits(self._visits.values(), self.now),
            insert_claims(self._claims, contacts),
            insert_consents(self.consents),
            insert_echoes(self.page_echoes),
            insert_audits(self._audits, self.now),
            insert_unsent(self._kept_out),
        ]
        self._end_reply_addresses(changed_talks)
        announced = self._announcement(new_talks, ids)
        first = number_orders([*new_orders, *new_prompts], ids)
        # sorted by themselves: many transactions at once may ask for the same
        more = number_orders([*orders, *lookups], ids)
        again = number_orders(prompts, ids)
        insertions += [
            insert_orders(first, "", *announced.values()),
            insert_orders(more, ROW_CONFLICT),
            insert_orders(again, PROMPT_CONFLICT),
        ]
        self._settle_by_echo()
        forget_files(self.connection, self._unsent)
        forget_uploads(self.connection, self._unsent)
        self._insert_faults()
        given = [(one.id, one.files) for one in self._messages if one.id and one.files]
        follows = bool(given or self.ended_consents or self.reactions)
        with bulk.together(self.connection, last=last and not follows):
            for insertion in insertions:
                bulk.insert_later(self.connection, insertion)
            self._update_visitors(changed_visitors)
            self._update_conversations(changed_talks)
            self._change_messages()
        end_consents(self.connection, self.ended_consents, self.now)
        save_reactions(self.connection, self.reactions)
        attach(self.connection, given)
        return [*find_due([*first, *more, *again], self.now), *announced]

    def hints(self) -> list[ChangeSignal]:
        """Name the conversations that others should look at again; after `save`."""
        return [
            ChangeSignal(room_of(thread.place), thread.conversation_id, thread.last_seq)
            for thread in self._threads.values()
            if thread.conversation_id and thread.conversation_changed
        ] + [
            ChangeSignal(room_of(place), thread.conversation_id)
            for place, thread in self._told
            if thread.conversation_id
        ]

    def _lookups(self) -> list[OutboxRow]:
        domains = domains_to_look_up(claim.email for claim in self._claims)
        return [lookup_order(domain, self.now) for domain in domains]

    def _ids(self, visitors: int, conversations: int, lookups: int) -> bulk.Ids:
        agreed = self.consents or self.ended_consents
        tells = self.announces and bool(self._messages or self._claims or conversations or agreed)
        wanted = {
            "visitors": visitors,
            "conversations": conversations,
            "messages": len(self._messages),
            "outbox": len(self._orders) + len(self._prompts) + lookups + tells,
        }
        if self.reserved and self.reserved.covers(wanted):
            return self.reserved.ids
        return bulk.allocate(self.connection, wanted)

    def _save_contacts(self) -> dict[str, ContactId]:
        if not self._claims:
            return {}
        contacts = save_contacts(self.connection, self._claims)
        if any(claim.key not in contacts.by_key for claim in self._claims):
            raise RaceLostError  # it was there, and is erased meanwhile
        for claim in self._claims:
            claim.thread.contact_id = contacts.by_key[claim.key]
            claim.thread.contact_assurance = claim.assurance
            self._met.append((claim, claim.key in contacts.created))
            deed = claim.deed(contacts.created)
            self.audit(claim.actor, deed, claim.thread, {"source": claim.source})
        return contacts.by_key

    def _update_visitors(self, threads: list[VisitorState]) -> None:
        rows = [(*VISITOR_COLUMNS.lay_out(thread), thread.visitor_id) for thread in threads]
        bulk.update_later(self.connection, "visitors", VISITOR_COLUMNS.names, rows)

    def _update_conversations(self, threads: list[VisitorState]) -> None:
        rows = []
        for thread in threads:
            if thread.conversation and thread.agreed != (
                thread.conversation.status,
                thread.assignee,
            ):
                thread.version += 1
            rows.append((*CONVERSATION_COLUMNS.lay_out(thread), thread.conversation_id))
        bulk.update_later(self.connection, "conversations", CONVERSATION_COLUMNS.names, rows)

    def _announcement(self, new_talks: list[VisitorState], ids: bulk.Ids) -> dict[int, Row]:
        """Write down in one row what happened: who is to be told is a worker's affair."""
        if not self.announces:
            return {}
        announcement = Announcement(
            tuple(thread.conversation_id for thread in new_talks if thread.conversation_id),
            tuple(one.id for one in self._messages if one.id and one.kind is not Kind.NOTE),
            tuple(
                (claim.thread.conversation_id, claim.thread.contact_id, is_new)
                for claim, is_new in self._met
                if claim.thread.contact_id
            ),
            waiting=tuple(self.waiting),
            consents=tuple(tell_consents(self.consents, self.ended_consents)),
        )
        if announcement.is_empty:
            return {}
        outbox_id = next(ids["outbox"])
        return {outbox_id: announcement_row(announcement, outbox_id, self.now)}

    def _change_messages(self) -> None:
        columns_of_edits = ("text", "search_line", "edit")
        bulk.update_later(self.connection, "messages", columns_of_edits, [*self._edits.values()])
        columns = ("text", "search_line", "attachments", "payload", "deleted_at")
        bulk.update_later(self.connection, "messages", columns, self._deletions)
        rows = [(key, Delivery.SENT, None, message) for key, message in self._echoes]
        columns_of_echoes = ("provider_key", "delivery", "delivery_error")
        bulk.update_later(self.connection, "messages", columns_of_echoes, rows)

    def _end_reply_addresses(self, threads: list[VisitorState]) -> None:
        """End what is good for the former addresses of conversations that have got another one."""
        for thread in threads:
            talk = thread.conversation
            if not (talk and thread.conversation_id and thread.known_emails):
                continue
            if talk.own_emails != thread.known_emails:
                kept = [key_of(email) for email in talk.own_emails]
                end_reply_addresses(self.connection, thread.conversation_id, kept, self.now)

    def _settle_by_echo(self) -> None:
        settle_by_echo(self.connection, [message for _, message in self._echoes], self.now)

    def _insert_faults(self) -> None:
        if self._faults:
            dialect = postgresql if self.connection.dialect.name == "postgresql" else sqlite
            letters = dialect.insert(dead_letters).on_conflict_do_nothing(
                index_elements=["channel", "digest"]
            )
            self.connection.execute(letters, self._faults)


def _storable(name: str) -> str:
    """Write a foreign name so that it can be stored, and told in a line."""
    return name.encode(errors="replace").decode().replace("\0", "?")[:_LONGEST_NAME]
