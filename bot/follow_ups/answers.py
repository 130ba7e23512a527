"""Takes what comes by mail into the conversation that it belongs to, or says why not."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

import sqlalchemy as sa

from bot.core.arrivals import Arrival, Fault
from bot.core.audience import AGENTS, owner_of
from bot.core.emails import Address, domain_of, validate
from bot.core.events import Attachment, VisitorWrote
from bot.core.model import Assurance
from bot.follow_ups.bounces import RETURNED_LATER, end_mails, read_report
from bot.follow_ups.genuine import prove_by_mail, take_unproved
from bot.follow_ups.mail_notes import (
    MailNote,
    from_another,
    key_of,
    let_wait,
    message_key,
    original_of,
)
from bot.follow_ups.notes import ToldNote, add_note
from bot.follow_ups.own_mails import own_words
from bot.intake.record import record
from bot.mail.authentication import SenderVerdict, judge
from bot.mail.envelope import Envelope, read_envelope
from bot.mail.inbound import Bounce, InboundMail, UnreadableMailError, mail_key, read_mail
from bot.mail.own_words import OwnWords
from bot.mail.ways import CHANNEL
from bot.ports.doorbell import Doorbell
from bot.ports.errors import UnavailableError
from bot.ports.signals import ChangeSignal
from bot.storage.conversations.mail_sides import find_mail_side, find_place
from bot.storage.database.engine import Database
from bot.storage.database.transactions import read, retry_races
from bot.storage.mails.mails import (
    Correspondent,
    find_by_mail,
    find_by_token,
    is_known_message,
)
from bot.storage.mails.original_mails import Standing, keep_original
from bot.storage.mails.unread_mails import UnreadMail, UnreadRoom, keep_mail
from bot.storage.operations.tallies import DROPPED_MAILS, add_to_tally
from bot.storage.visitors.batch import Batch
from bot.storage.visitors.message_rows import AUTOMATIC_MAIL
from bot.storage.visitors.visitor_states import lock_conversations
from config.rules import CaptureRules

NOT_VERIFIED = "sender not verified"
NO_CONVERSATION = "no conversation has this address"
EMPTY = "An empty mail came from the visitor."
AUTOMATIC = "An automatic answer came by mail:\n{text}"
FORGED = (
    "An answer by mail was set aside: its sender is said to be forged, or is dressed up as another."
    " It stands among the dead letters."
)
SET_ASIDE = (
    "A mail to this conversation could not be read, and was set aside: {reason}."
    " Its sender may not know: please ask."
)
_log = logging.getLogger(__name__)

Parse: TypeAlias = Callable[[bytes, OwnWords], InboundMail]
"""Raises UnreadableMailError, or UnavailableError if the mail is to come again."""


class MailVerdict(StrEnum):
    """The outcome of an inbound mail."""

    TAKEN = "taken"
    KNOWN = "known"
    NOTED = "noted"
    """A program or a stranger wrote it: the team can read it, and nothing else happens."""
    BOUNCED = "bounced"
    UNKNOWN = "unknown_address"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class AnswerLetters:
    """Reads again what was set aside; a sender that can't be verified still isn't believed."""

    database: Database
    address: str
    parse: Parse = read_mail

    def reread(
        self, raw: bytes, received_at: datetime
    ) -> tuple[Sequence[Arrival], Sequence[Fault]]:
        """Read a mail once more."""
        who = _find_correspondent(self.database, raw, self.address)
        if who is None:
            return [], [Fault(raw, NO_CONVERSATION)]
        try:
            mail = self.parse(raw, _own_words(self.database, who))
        except UnreadableMailError as error:
            return [], [Fault(raw, error.reason)]
        if mail.is_automatic or mail.is_forged or not _is_from(mail, who):
            return [], [Fault(raw, NOT_VERIFIED)]
        side = read(self.database, lambda found: _find_side(found, who))
        return [_arrival(mail, side, received_at)], []


@dataclass(frozen=True, slots=True)
class AnswerDesk:
    """Reads mails one by one; blocks, and answers none of them."""

    database: Database
    rules: Callable[[], CaptureRules]
    doorbell: Doorbell
    clock: Callable[[], datetime]
    address: str
    """Where answers arrive: `name@…`, that is `name+<token>@…`."""
    parse: Parse = read_mail
    authserv_id: str | None = None
    """The id of our receiving mail server: without it no mail proves its sender's address."""

    def knows(self, beginning: bytes) -> bool:
        """Say whether a mail that begins so belongs to a conversation."""
        return _find_correspondent(self.database, beginning, self.address) is not None

    def count_dropped(self, count: int) -> None:
        """Keep in the figures how many mails belonged to no conversation."""
        if count:
            retry_races(self.database, lambda found: add_to_tally(found, DROPPED_MAILS, count))
            _log.info("mails for nobody dropped", extra={"count": count})

    def take(self, raw: bytes) -> MailVerdict:
        """Take a mail in, the same one only once; raises UnavailableError.

        Nothing of a mail is parsed before it is known whose conversation it belongs to.
        """
        who = _find_correspondent(self.database, raw, self.address)
        if who is None:
            return MailVerdict.UNKNOWN
        try:
            mail = self.parse(raw, _own_words(self.database, who))
        except UnreadableMailError as error:
            return self._set_aside(raw, who, error.reason)
        try:
            verdict = self._take(mail, raw, who)
        except UnavailableError:
            raise
        except Exception as error:  # noqa: BLE001 - one mail must not hurt the others
            _log.exception("mail could not be stored")
            return self._set_aside(raw, who, f"could not be stored ({type(error).__name__})")
        _log.info("mail came", extra={"verdict": verdict})
        return verdict

    def _take(self, mail: InboundMail, raw: bytes, who: Correspondent) -> MailVerdict:
        if mail.bounce:
            return self._on_bounce(mail, mail.bounce, who)
        if mail.is_automatic:
            kept = original_of(mail, raw, who, Standing.AUTOMATIC)
            note = MailNote(AUTOMATIC.format(text=mail.text), original=kept, is_quiet=True)
            return self._note(mail, who, note)
        sender = mail.sender and self._judge(mail, mail.sender)
        if mail.sender is None or sender is SenderVerdict.FORGED:
            return self._set_aside(raw, who, NOT_VERIFIED, FORGED)
        if not _is_from(mail, who):
            kept = original_of(mail, raw, who, Standing.FROM_ANOTHER)
            words = from_another(mail.sender, mail)
            return self._note(mail, who, MailNote(words, by_a_person=True, original=kept))
        if not mail.text and not mail.files:
            return self._note(mail, who, MailNote(EMPTY))
        return self._write(mail, raw, who, is_genuine=sender is SenderVerdict.GENUINE)

    def _judge(self, mail: InboundMail, sender: str) -> SenderVerdict:
        if self.authserv_id is None:
            return SenderVerdict.FORGED if mail.is_forged else SenderVerdict.UNCONFIRMED
        return judge(mail.results, self.authserv_id, domain_of(sender))

    def _write(
        self, mail: InboundMail, raw: bytes, who: Correspondent, *, is_genuine: bool
    ) -> MailVerdict:
        now = self.clock()
        arrival = _arrival(mail, who, now)

        def write(connection: sa.Connection) -> tuple[bool, list[int], list[ChangeSignal]]:
            rules = self.rules()
            proved = (
                prove_by_mail(connection, who, arrival, rules, now)
                if is_genuine
                else take_unproved(connection, who, arrival, rules, now)
            )
            decided = record(connection, [proved.arrival], rules, now)
            due = decided.save()
            is_new = decided.taken[0] is not None
            if is_new:
                there = replace(
                    who, conversation_id=proved.conversation_id, place=proved.arrival.place
                )
                keep_original(connection, original_of(mail, raw, there, Standing.ANSWER), now)
            return is_new, due, [*proved.hints, *decided.batch.hints()]

        is_new, due, hints = retry_races(self.database, write)
        self.doorbell.hint(*hints)
        self.doorbell.ring(*due)
        return MailVerdict.TAKEN if is_new else MailVerdict.KNOWN

    def _on_bounce(self, mail: InboundMail, bounce: Bounce, who: Correspondent) -> MailVerdict:
        reading = read_report(mail, bounce, who.email_key)
        ends = retry_races(self.database, lambda held: end_mails(held, who, reading, self.clock()))
        # nothing of this conversation ever went there
        words = RETURNED_LATER if reading.reason and not ends else reading.words
        noted = self._note(mail, who, MailNote(words))
        return MailVerdict.BOUNCED if ends and noted is MailVerdict.NOTED else noted

    def _note(self, mail: InboundMail, who: Correspondent, note: MailNote) -> MailVerdict:
        def write(connection: sa.Connection) -> ToldNote | None:
            return self._tell_once(connection, who, message_key(mail, who), note)

        return MailVerdict.NOTED if self._tell(write) else MailVerdict.KNOWN

    def _tell(self, write: Callable[[sa.Connection], ToldNote | None]) -> bool:
        """Write a note and let it be known; False: there was one before."""
        told = retry_races(self.database, write)
        if told is None:
            return False
        self.doorbell.hint(*told.hints)
        self.doorbell.ring(*told.due)
        return True

    def _set_aside(
        self, raw: bytes, who: Correspondent, reason: str, words: str = SET_ASIDE
    ) -> MailVerdict:
        """Keep what can't be read or believed, once, and tell the team."""

        def write(connection: sa.Connection) -> ToldNote | None:
            note = MailNote(words.format(reason=reason), by_a_person=True)
            told = self._tell_once(connection, who, key_of(who, f"unread:{mail_key(raw)}"), note)
            if told is not None:
                self._keep(connection, raw, who, reason)
            return told

        if not self._tell(write):
            return MailVerdict.KNOWN
        _log.warning("mail set aside", extra={"why": reason})
        return MailVerdict.DEAD

    def _tell_once(
        self, connection: sa.Connection, who: Correspondent, key: str, note: MailNote
    ) -> ToldNote | None:
        """Write a note about a mail; None: there is one, or the conversation is gone."""
        thread = lock_conversations(connection, [who.conversation_id]).get(who.conversation_id)
        if thread is None or is_known_message(connection, key):
            return None
        now = self.clock()
        if note.original:
            keep_original(connection, note.original, now)
        batch = Batch(connection, now, self.rules().announces)
        if note.by_a_person:
            let_wait(thread, batch)
        add_note(batch, thread, note.words, key, AUTOMATIC_MAIL if note.is_quiet else None)
        return ToldNote(tuple(batch.save()), tuple(batch.hints()))

    def _keep(self, connection: sa.Connection, raw: bytes, who: Correspondent, reason: str) -> None:
        mail = UnreadMail(who.conversation_id, CHANNEL, raw, reason)
        if gone := keep_mail(connection, mail, self.clock(), UnreadRoom()):
            _log.warning("old mails that were set aside are gone", extra={"count": gone})


def find_correspondent(connection: sa.Connection, envelope: Envelope) -> Correspondent | None:
    """Say whose conversation a mail belongs to: by where it went, or what it brings back."""
    for token in envelope.tokens:
        if who := find_by_token(connection, token):
            return who
    for key in envelope.keys:
        if who := find_by_mail(connection, key):
            return who
    return None


def _find_correspondent(database: Database, raw: bytes, address: str) -> Correspondent | None:
    envelope = read_envelope(raw, address)
    if not envelope.tokens and not envelope.keys:
        return None
    return read(database, lambda found: find_correspondent(found, envelope))


def _find_side(connection: sa.Connection, who: Correspondent) -> Correspondent:
    """Find the owner's conversation by mail, if there is one beside the sender's."""
    key = who.email_key
    side = find_mail_side(connection, who.conversation_id, key) if key else None
    place = find_place(connection, side) if side else None
    return replace(who, conversation_id=side, place=place) if side and place else who


def _own_words(database: Database, who: Correspondent) -> OwnWords:
    return read(database, lambda found: own_words(found, who.conversation_id, who.place))


def _arrival(mail: InboundMail, who: Correspondent, at: datetime) -> Arrival:
    files = tuple(Attachment("file", title=name) for name in mail.files)
    audience = owner_of(who.email_key) if who.email_key else AGENTS
    report = VisitorWrote(
        mail.text,
        at,
        at,
        attachments=files,
        by_mail=True,
        assurance=Assurance.CLAIMED,
        audience=audience,
    )
    return Arrival(who.place, report, f"mail:{mail.key}")


def _is_from(mail: InboundMail, who: Correspondent) -> bool:
    """Say whether a mail is from whom we write to, at the address that it was mailed to."""
    sender = validate(mail.sender or "")
    return who.is_current and isinstance(sender, Address) and sender.key == who.email_key
