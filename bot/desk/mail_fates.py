"""What has become of the mails of replies in a chat, which the visitor has not seen there."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.core.emails import Address, validate
from bot.core.model import Author, Conversation, Kind, MessageId
from bot.desk.progress import Way
from bot.desk.types import Shown
from bot.outbox.handlers.mails import BEHIND_ANOTHER, SEEN
from bot.storage.outbox.rows import OutboxState
from bot.storage.outbox.settled import MailOrder, find_mail_orders
from bot.storage.outbox.stops import Stop
from config.rules import CaptureRules

MAILED = "Mailed"
NO_SERVER = "Not mailed: no mail server is set"


@dataclass(frozen=True, slots=True)
class MailFates:
    """Finds what has become of mails, by what is known of the way they leave by."""

    rules: CaptureRules
    now: datetime
    stop: Stop | None
    """Why no mails leave at the moment."""

    def find(
        self, connection: sa.Connection, talk: Conversation, shown: Sequence[Shown]
    ) -> Mapping[MessageId, str]:
        """Say what has become of the mails of replies that were not seen in the chat."""
        unseen = [one.message.id for one in shown if _is_unseen_reply(one)]
        if not unseen or not self.rules.for_channel(talk.channel).row_is_delivery:
            return {}
        if self.rules.follow_up_delay is None:
            has_address = isinstance(validate(talk.mailed_email or ""), Address)
            return dict.fromkeys(unseen, NO_SERVER) if has_address else {}
        return dict(self._tell(find_mail_orders(connection, unseen, self.now)))

    def _tell(self, orders: Collection[MailOrder]) -> Iterator[tuple[MessageId, str]]:
        for order in orders:
            if fate := self._fate(order):
                yield order.message_id, fate

    def _fate(self, order: MailOrder) -> str:
        reason = (order.reason or "").rstrip(".")
        match order.state:
            case OutboxState.SENDING:
                return ""
            case OutboxState.PENDING if order.is_due:
                why = self.stop.reason.rstrip(".") if self.stop else reason
                return f"Mail waits: {why}" if why and order.reason != BEHIND_ANOTHER else ""
            case _ if order.is_mailed:
                return MAILED
            case OutboxState.PENDING | OutboxState.SENT:
                return ""
            case _:
                return f"Not mailed: {reason}" if reason and order.reason != SEEN else ""


def _is_unseen_reply(shown: Shown) -> bool:
    message, way = shown.message, shown.progress
    is_reply = message.author is Author.AGENT and message.kind is Kind.TEXT
    return is_reply and not message.deleted and way is not None and way.state is Way.SENT
