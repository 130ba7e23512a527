"""Stops as far as they hold up what is written in a conversation."""

from dataclasses import dataclass
from typing import Self

import sqlalchemy as sa

from bot.core.model import VisitorKey
from bot.mail.ways import CHANNEL, MAIL_SERVER
from bot.storage.conversations.messages import StoredMessage
from bot.storage.outbox.stops import Stop, find_closed
from bot.storage.visitors.message_rows import BY_MAIL


@dataclass(frozen=True, slots=True)
class ConversationStops:
    """Why nothing leaves by a conversation's own way, and why no mails do."""

    own: Stop | None = None
    mail: Stop | None = None

    @classmethod
    def find(cls, connection: sa.Connection, place: VisitorKey) -> Self:
        """Look both ways up."""
        own = MAIL_SERVER if place.channel == CHANNEL else (place.channel, place.account)
        closed = find_closed(connection, {own, MAIL_SERVER})
        return cls(closed.get(own), closed.get(MAIL_SERVER))

    def reason(self, message: StoredMessage) -> str | None:
        """Say why a message that has not left may be waiting."""
        stop = self.mail if message.origin == BY_MAIL else self.own
        return stop.reason if stop else None


NO_STOPS = ConversationStops()
