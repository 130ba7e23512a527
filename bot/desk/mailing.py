"""Replies by mail in place of the channel, where the channel allows no more answers."""

from datetime import datetime

import sqlalchemy as sa

from bot.core.away import is_window_over
from bot.core.emails import Address, validate
from bot.core.model import Consent, Conversation, ConversationId
from bot.storage.conversations.mail_sides import find_mail_side
from bot.storage.mails.mails import find_recipient
from bot.storage.mails.suppressions import Silence, find_silence
from config.rules import CaptureRules

NO_SERVER = "No mails leave here: SMTP_URL and EMAIL_FROM are not set."
NOT_NEEDED = "The visitor can be answered in the conversation itself."
NO_ADDRESS = "No email address of the visitor is known."
WITHDRAWN = "The visitor no longer agrees that its address is kept."
_SILENCED = {
    Silence.UNSUBSCRIBED: "The visitor wants no mails from conversations.",
    Silence.BOUNCED: "Mails to the visitor's address come back.",
    Silence.COMPLAINED: "The visitor has complained about our mails.",
}


def where_mails_go(connection: sa.Connection, id: ConversationId) -> ConversationId:
    """Name the conversation of mails: the one that the owner has by mail, if there is one."""
    talk = find_recipient(connection, id)
    address = validate((talk and talk.mailed_email) or "")
    if not isinstance(address, Address):
        return id
    return find_mail_side(connection, id, address.key) or id


def why_not_mailed(
    connection: sa.Connection, talk: Conversation, rules: CaptureRules, now: datetime
) -> str | None:
    """Say why a reply can't go by mail; None: it can."""
    if rules.follow_up_delay is None:
        return NO_SERVER
    is_mail = rules.for_channel(talk.channel).is_mail
    if not is_mail and not is_window_over(talk.channel, talk.visitor_seen_at, now, rules):
        return NOT_NEEDED
    address = validate(talk.mailed_email or "")
    if not isinstance(address, Address):
        return NO_ADDRESS
    if talk.capture.consent is Consent.WITHDRAWN:
        return WITHDRAWN
    silence = find_silence(connection, address.key)
    return _SILENCED[silence] if silence else None
