"""Reads what servers report of our mails: what ends mails to an address, and what is only told.

Anybody can write such a report. It counts for the one address to which this conversation's mails
went, if it is about the mailbox itself; all else is a note on what became of a mail.
"""

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from bot.core.emails import Address, validate
from bot.mail.inbound import Bounce, InboundMail
from bot.mail.status import MAILBOX_GONE
from bot.storage.mails.mails import Correspondent, has_mailed
from bot.storage.mails.suppressions import Reason, Signal, Silence, suppress

RETURNED = "A mail to {email} came back: there is no such address ({code}). No more will be sent."
RETURNED_ONCE = (
    "A mail to {email} did not arrive ({code}). That says nothing of the address: the next one is"
    " sent as ever."
)
RETURNED_LATER = "A mail server reports trouble with one of our mails."
COMPLAINED = (
    "The provider of {email} passed on a complaint about one of our mails. No more will be sent."
)
_NO_CODE = "no code says why"


class BounceReading(NamedTuple):
    """What the team is told of a report, and what ends with it."""

    words: str
    reason: Reason | None = None
    """None: mails go on."""


def read_report(mail: InboundMail, bounce: Bounce, email_key: str | None) -> BounceReading:
    """Say what a report means for the one address that a conversation's mails went to."""
    codes = {each.key: one.code for one in bounce.failed if (each := _read(one.address))}
    if email_key is None or mail.is_forged:
        return BounceReading(RETURNED_LATER)
    if bounce.is_complaint and (email_key in codes or not codes):
        reason = Reason(Silence.COMPLAINED, Signal.COMPLAINT)
        return BounceReading(COMPLAINED.format(email=email_key), reason)
    if bounce.is_complaint or email_key not in codes:
        return BounceReading(RETURNED_LATER)
    code = codes[email_key]
    if code not in MAILBOX_GONE:
        return BounceReading(RETURNED_ONCE.format(email=email_key, code=code or _NO_CODE))
    words = RETURNED.format(email=email_key, code=code)
    return BounceReading(words, Reason(Silence.BOUNCED, Signal.RETURN, code))


def end_mails(
    connection: sa.Connection, who: Correspondent, reading: BounceReading, now: datetime
) -> bool:
    """Send nothing to the address any more, if a mail of this conversation ever went there."""
    key, reason = who.email_key, reading.reason
    if key is None or reason is None or not has_mailed(connection, who.conversation_id, key):
        return False
    suppress(connection, key, reason, now, key)
    return True


def _read(given: str) -> Address | None:
    address = validate(given)
    return address if isinstance(address, Address) else None
