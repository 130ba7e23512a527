"""Messages to visitors: what agents and the bot have written, each conversation's in its order."""

from datetime import datetime

import sqlalchemy as sa

from bot.core.model import Author
from bot.core.wording import texts
from bot.outbox.handlers.speaking import SpeakingHandler
from bot.outbox.holding import Held
from bot.ports.channels import Choice, Outgoing
from bot.storage.outbox.due import Ordering
from bot.storage.outbox.faulty import FaultyRow, fail_message
from bot.storage.outbox.held import HeldRow
from bot.storage.outbox.rows import OutboxState, Work
from bot.storage.visitors.visitor_states import VisitorState

GONE = "The message is not there any more."
NOT_OURS = "Another app has the conversation."


class MessageHandler(SpeakingHandler):
    """Delivers a message, at most once."""

    kinds = (Work.DELIVER,)
    in_order = Ordering.CONVERSATION

    def write(self, row: HeldRow, thread: VisitorState, held: Held) -> Outgoing | None:
        """Write the message, unless it is the bot's and another app has the conversation."""
        if row.text is None:
            self.refuse(row, OutboxState.CANCELLED, GONE, held)
            return None
        talk = thread.conversation
        if row.author == Author.BOT and talk and talk.owned_elsewhere:
            self.refuse(row, OutboxState.CANCELLED, NOT_OURS, held)
            return None
        buttons = row.payload or {}
        asks = bool(buttons.get("asks_for_email"))
        words = texts((talk and talk.locale) or held.rules.locale)
        return Outgoing(
            row.text,
            metadata=f"ob:{row.id}",
            choices=tuple(Choice(choice, choice) for choice in buttons.get("choices", [])),
            asks_for_email=asks,
            decline_label=words.no_thanks if asks else None,
        )

    def bury(self, connection: sa.Connection, row: FaultyRow, reason: str, now: datetime) -> None:
        """Show that the message was not delivered."""
        fail_message(connection, row.message_id, reason, now)
