"""Takes what comes by mail into the conversation that it belongs to, or says why not."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

import sqlalchemy as sa

from bot.core.arrivals import Arrival, Fault
from bot.core.audience import AGENTS, owner_of
from bot.core.emails import Address, validate
from bot.core.events import Attachment, VisitorWrote
from bot.core.model import Status
from bot.follow_ups.notes import tell_team
from bot.follow_ups.own_mails import own_words
from bot.hints import Hint
from bot.mail.envelope import Envelope, read_envelope
from bot.mail.inbound import Bounce, InboundMail, UnreadableMailError, mail_key, read_mail
from bot.mail.own_words import OwnWords
from bot.mail.smtp import CHANNEL
from bot.ports import Doorbell, UnavailableError
from bot.record import record
from bot.storage.engine import Database
from bot.storage.mails import (
    Correspondent,
    Silence,
    email_hash,
    find_by_mail,
    find_by_token,
    is_known_message,
    suppress,
)
from bot.storage.threads import Thread, lock_conversations
from bot.storage.transactions import read, retry_races
from bot.storage.unread_mails import Room, UnreadMail, keep_mail
from config.rules import CaptureRules

NOT_VERIFIED = "sender not verified"
NO_CONVERSATION = "no conversation has this address"
RETURNED = "A mail to {email} came back: it can't be delivered. No more will be sent."
RETURNED_LATER = "A mail server reports trouble with one of our mails."
EMPTY = "An empty mail came from the visitor."
AUTOMATIC = "An automatic answer came by mail:\n{text}"
FROM_ANOTHER = (
    "An answer came by mail from {sender}. That is another address than the one that we write to;"
    " the answer is not verified, and the visitor does not see it:\n{text}"
)
FORGED = (
    "An answer by mail was set aside: its sender is said to be forged, or is dressed up as another."
    " It stands among the dead letters."
)
SET_ASIDE = (
    "A mail to this conversation could not be read, and was set aside: {reason}."
    " Its sender may not know: please ask."
)
_LONGEST_SENDER = 254
_log = logging.getLogger(__name__)

Parse: TypeAlias = Callable[[bytes, OwnWords], InboundMail]
"""Raises UnreadableMailError, or UnavailableError if the mail is to come again."""


class Verdict(StrEnum):
    """What became of a mail."""

    TAKEN = "taken"
    KNOWN = "known"
    NOTED = "noted"
    """A program or a stranger wrote it: the team can read it, and nothing else happens."""
    BOUNCED = "bounced"
    UNKNOWN = "unknown_address"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class _Note:
    words: str
    verdict: Verdict = Verdict.NOTED
    by_a_person: bool = False
    """A closed conversation is opened for the team."""


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
        return [_arrival(mail, who, received_at)], []


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

    def knows(self, beginning: bytes) -> bool:
        """Say whether a mail that begins so belongs to a conversation."""
        return _find_correspondent(self.database, beginning, self.address) is not None

    def take(self, raw: bytes) -> Verdict:
        """Take a mail in, the same one only once; raises UnavailableError.

        Nothing of a mail is parsed before it is known whose conversation it belongs to.
        """
        who = _find_correspondent(self.database, raw, self.address)
        if who is None:
            return Verdict.UNKNOWN
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

    def _take(self, mail: InboundMail, raw: bytes, who: Correspondent) -> Verdict:
        if mail.bounce:
            return self._on_bounce(mail, mail.bounce, who)
        if mail.is_automatic:
            return self._note(mail, who, _Note(AUTOMATIC.format(text=mail.text)))
        if mail.is_forged or mail.sender is None:
            return self._set_aside(raw, who, NOT_VERIFIED, FORGED)
        if not _is_from(mail, who):
            note = _Note(_from_another(mail.sender, mail), by_a_person=True)
            return self._note(mail, who, note)
        if not mail.text and not mail.files:
            return self._note(mail, who, _Note(EMPTY))
        return self._write(mail, who)

    def _write(self, mail: InboundMail, who: Correspondent) -> Verdict:
        now = self.clock()
        arrival = _arrival(mail, who, now)

        def write(connection: sa.Connection) -> tuple[bool, list[int], list[Hint]]:
            decided = record(connection, [arrival], self.rules(), now)
            due = decided.save()
            return decided.taken[0] is not None, due, decided.batch.hints()

        is_new, due, hints = retry_races(self.database, write)
        self.doorbell.hint(*hints)
        self.doorbell.ring(*due)
        return Verdict.TAKEN if is_new else Verdict.KNOWN

    def _on_bounce(self, mail: InboundMail, bounce: Bounce, who: Correspondent) -> Verdict:
        known = who.email_key
        failed = {each.key for one in bounce.failed if isinstance(each := validate(one), Address)}
        if known not in failed:
            return self._note(mail, who, _Note(RETURNED_LATER))
        hashed, now = email_hash(known), self.clock()
        retry_races(self.database, lambda found: suppress(found, hashed, Silence.BOUNCED, now))
        return self._note(mail, who, _Note(RETURNED.format(email=known), Verdict.BOUNCED))

    def _note(self, mail: InboundMail, who: Correspondent, note: "_Note") -> Verdict:
        def write(connection: sa.Connection) -> list[Hint] | None:
            return self._tell_once(connection, who, f"mail:{mail.key}", note)

        hints = retry_races(self.database, write)
        if hints is None:
            return Verdict.KNOWN
        self.doorbell.hint(*hints)
        return note.verdict

    def _set_aside(
        self, raw: bytes, who: Correspondent, reason: str, words: str = SET_ASIDE
    ) -> Verdict:
        """Keep what can't be read or believed, once, and tell the team."""

        def write(connection: sa.Connection) -> list[Hint] | None:
            note = _Note(words.format(reason=reason), by_a_person=True)
            hints = self._tell_once(connection, who, f"unread:{mail_key(raw)}", note)
            if hints is not None:
                self._keep(connection, raw, who, reason)
            return hints

        hints = retry_races(self.database, write)
        if hints is None:
            return Verdict.KNOWN
        self.doorbell.hint(*hints)
        _log.warning("mail set aside", extra={"why": reason})
        return Verdict.DEAD

    def _tell_once(
        self, connection: sa.Connection, who: Correspondent, key: str, note: "_Note"
    ) -> list[Hint] | None:
        """Write a note about a mail; None: there is one, or the conversation is gone."""
        key = f"{who.place.channel}/{who.place.account}/{key}"
        thread = lock_conversations(connection, [who.conversation_id]).get(who.conversation_id)
        if thread is None or is_known_message(connection, key):
            return None
        if note.by_a_person:
            _open_for_team(thread)
        return tell_team(connection, thread, note.words, self.clock(), key)

    def _keep(self, connection: sa.Connection, raw: bytes, who: Correspondent, reason: str) -> None:
        mail = UnreadMail(who.conversation_id, CHANNEL, raw, reason)
        if gone := keep_mail(connection, mail, self.clock(), Room()):
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


def _own_words(database: Database, who: Correspondent) -> OwnWords:
    return read(database, lambda found: own_words(found, who.conversation_id, who.place))


def _arrival(mail: InboundMail, who: Correspondent, at: datetime) -> Arrival:
    files = tuple(Attachment("file", title=name) for name in mail.files)
    audience = owner_of(who.email_key) if who.email_key else AGENTS
    report = VisitorWrote(mail.text, at, at, attachments=files, by_mail=True, audience=audience)
    return Arrival(who.place, report, f"mail:{mail.key}")


def _is_from(mail: InboundMail, who: Correspondent) -> bool:
    """Say whether a mail is from whom we write to, at the address that it was mailed to."""
    sender = validate(mail.sender or "")
    return who.is_current and isinstance(sender, Address) and sender.key == who.email_key


def _from_another(sender: str, mail: InboundMail) -> str:
    shown = "".join(letter for letter in sender if letter.isprintable())[:_LONGEST_SENDER]
    text = "\n".join([mail.text, *(f"[{name}]" for name in mail.files)])
    return FROM_ANOTHER.format(sender=shown, text=text.strip())


def _open_for_team(thread: Thread) -> None:
    talk = thread.conversation
    if talk and talk.status is Status.CLOSED:
        thread.conversation = talk._replace(status=Status.OPEN, closed_for_others=True)
        thread.conversation_changed = True
