"""Why replies in a chat, which the visitor has not seen there, were not mailed either."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from bot.core.emails import Address, validate
from bot.core.model import Author, Conversation, Kind, MessageId
from bot.desk.progress import Way
from bot.desk.types import Shown
from bot.outbox.handlers.mails import SEEN
from bot.storage.outbox.settled import find_unmailed
from config.rules import CaptureRules

NO_SERVER = "no mail server is set"


def why_unmailed(
    connection: sa.Connection, talk: Conversation, shown: Sequence[Shown], rules: CaptureRules
) -> Mapping[MessageId, str]:
    """Say why replies that should have been mailed were not."""
    unseen = [one.message.id for one in shown if _is_unseen_reply(one)]
    if not unseen or not rules.for_channel(talk.channel).row_is_delivery:
        return {}
    if rules.follow_up_delay is None:
        has_address = isinstance(validate(talk.mailed_email or ""), Address)
        return dict.fromkeys(unseen, NO_SERVER) if has_address else {}
    ended = find_unmailed(connection, unseen)
    return {reply: reason for reply, reason in ended if reason != SEEN}


def _is_unseen_reply(shown: Shown) -> bool:
    message, way = shown.message, shown.progress
    is_reply = message.author is Author.AGENT and message.kind is Kind.TEXT
    return is_reply and not message.deleted and way is not None and way.state is Way.SENT
