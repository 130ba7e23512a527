"""Drafts of mails: who is written to, which replies they get, and the letter that becomes of it."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.core.audience import owner_of
from bot.core.emails import Address, key_of, validate
from bot.core.languages import language_of
from bot.core.model import Consent, ConversationId, MessageId
from bot.follow_ups.letter import Letter
from bot.outbox.holding import Held
from bot.storage.conversations.mail_sides import SenderSide, find_senders
from bot.storage.conversations.proofs import AskedProof, make_code
from bot.storage.conversations.return_links import NewLink, add_links
from bot.storage.mails.mail_drafts import (
    DraftRecipient,
    UnreadReply,
    find_earlier,
    find_replies,
    find_sent_since,
    find_unread,
)
from bot.storage.mails.mails import SentMail, add_mails, open_threads
from bot.storage.mails.suppressions import email_hash
from bot.storage.outbox.held import HeldRow
from bot.storage.outbox.mail_rows import is_by_hand
from bot.storage.visitors.visitor_states import VisitorState
from config.rules import MAIL

A_DAY = timedelta(days=1)
MOST_UNPROVEN = 3
"""Mails a day to an address, as long as nobody has proved to read them there…"""
MOST = 20
"""…and once somebody has."""


@dataclass(slots=True)
class Draft:
    """A mail that may be due: its row, its conversation, and to whom it would go."""

    row: HeldRow
    thread: VisitorState
    address: Address
    replies: Sequence[UnreadReply] = ()
    asked: AskedProof | None = None
    """A browser asked for the mail, to prove the address: it tells no replies."""

    @property
    def conversation_id(self) -> ConversationId:
        """Say in which conversation the replies stand."""
        return ConversationId(self.row.conversation_id or 0)

    @property
    def is_needed(self) -> bool:
        """Say whether there is something to tell, or an address that may still be proved."""
        if self.asked is None:
            return bool(self.replies)
        talk = self.thread.conversation
        return talk is not None and self.asked.email in talk.own_emails

    @property
    def is_proved(self) -> bool:
        """Say whether the address was proved in the conversation."""
        proved = self.thread.conversation and self.thread.conversation.proved_email
        return proved is not None and key_of(proved) == self.address.key

    @property
    def is_withdrawn(self) -> bool:
        """Say whether the visitor no longer agrees that its address is kept."""
        talk = self.thread.conversation
        return talk is not None and talk.capture.consent is Consent.WITHDRAWN

    @property
    def claim(self) -> tuple[str, ConversationId]:
        """Name the address in its conversation, as its owner may withdraw it."""
        return email_hash(self.address.key), self.conversation_id

    @property
    def recipient(self) -> DraftRecipient:
        """Say who is to read the replies."""
        key = self.address.key
        return DraftRecipient(self.conversation_id, key, owner_of(key), self.thread.seen_up_to)


def address_of(
    thread: VisitorState, asked: AskedProof | None, own_addresses: Collection[str]
) -> Address | None:
    """Find the address that a visitor's mail goes to: that to be proved, or that of its mails."""
    talk = thread.conversation
    email = asked.email if asked else talk and talk.mailed_email
    address = validate(email or "", own_addresses)
    return address if isinstance(address, Address) else None


def fill_in(drafts: Sequence[Draft], held: Held) -> None:
    """Give drafts the replies that their visitors have neither seen nor got by mail."""
    drafts = [draft for draft in drafts if draft.asked is None]
    by_hand = {
        MessageId(draft.row.message_id): draft.recipient
        for draft in drafts
        if is_by_hand(draft.row) and draft.row.message_id
    }
    others = [draft.recipient for draft in drafts if not is_by_hand(draft.row)]
    single = find_replies(held.connection, by_hand)
    unread = find_unread(held.connection, others)
    for draft in drafts:
        reply = single.get(draft.row.message_id) if draft.row.message_id else None
        if is_by_hand(draft.row):
            draft.replies = [reply] if reply else []
        else:
            draft.replies = unread.get(draft.conversation_id, [])


@dataclass(slots=True)
class LetterDesk:
    """Writes letters out of drafts, and notes what leaves."""

    held: Held
    tokens: dict[ConversationId, str]
    earlier: dict[ConversationId, tuple[str, ...]]
    recent: dict[str, list[datetime]]
    """By address, when mails went there within a day, the newest first."""
    senders: dict[ConversationId, SenderSide] = field(default_factory=dict)
    """By conversation by mail, the one that it stands beside."""
    _sent: list[SentMail] = field(default_factory=list)
    _links: list[NewLink] = field(default_factory=list)

    @classmethod
    def open(cls, drafts: Sequence[Draft], held: Held) -> "LetterDesk":
        """Look up what letters need, by as many statements as for one."""
        recipients = [draft.recipient for draft in drafts]
        keys = {one.conversation_id: one.email_key for one in recipients}
        by_mail = {one.conversation_id for one in drafts if one.thread.place.channel == MAIL}
        senders = find_senders(held.connection, by_mail)
        return cls(
            held,
            open_threads(held.connection, keys, held.now),
            find_earlier(
                held.connection, recipients, {id_: one.id for id_, one in senders.items()}
            ),
            find_sent_since(held.connection, set(keys.values()), held.now - A_DAY),
            senders,
        )

    def when_allowed(self, draft: Draft) -> datetime | None:
        """Say when the address may get its next mail; None: now."""
        most = MOST if draft.is_proved else MOST_UNPROVEN
        recent = self.recent.get(draft.address.key, [])
        return recent[most - 1] + A_DAY if len(recent) >= most else None

    def write(self, draft: Draft) -> Letter:
        """Write a letter, which counts from now on."""
        address, thread, talk = draft.address, draft.thread, draft.conversation_id
        token, now = self.tokens[talk], self.held.now
        key = hashlib.sha256(f"{token}\n{draft.row.id}".encode()).hexdigest()[:32]
        replies = draft.replies
        first, last = (replies[0].seq, replies[-1].seq) if replies else (0, 0)
        self._sent.append(SentMail(talk, address.key, key, first, last, now))
        self.recent.setdefault(address.key, []).insert(0, now)
        locale = thread.conversation.locale if thread.conversation else None
        return Letter(
            to=address.email,
            email_key=address.key,
            language=language_of(locale, self.held.rules.locale),
            channel=self.senders[talk].channel if talk in self.senders else thread.place.channel,
            account=thread.place.account,
            replies=tuple(draft.replies),
            key=key,
            earlier=self.earlier[talk],
            thread_token=token,
            return_token=self._link(draft),
            code=make_code(self.held.connection, draft.asked.id, now) if draft.asked else None,
            claimed_in=None if draft.is_proved else talk,
        )

    def save(self) -> None:
        """Note the letters that leave, and the links that stand in them."""
        add_mails(self.held.connection, self._sent)
        add_links(self.held.connection, self._links, self.held.now)

    def _link(self, draft: Draft) -> str | None:
        if not self.held.rules.for_channel(draft.thread.place.channel).row_is_delivery:
            return None  # there is nothing of ours to come back to
        link = NewLink.of(draft.conversation_id, draft.address.email)
        self._links.append(link)
        return link.token
