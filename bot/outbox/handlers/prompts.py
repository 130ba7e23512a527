"""The question for an email: decided on once more when it is due, and asked at most once."""

from datetime import datetime

import sqlalchemy as sa

from bot.apply import apply
from bot.core.decisions import AskForEmail
from bot.core.events import PromptCameDue, PromptFailed
from bot.core.model import Author, CaptureState, Kind, Status
from bot.core.wording import texts
from bot.outbox.handlers.speaking import SpeakingHandler
from bot.outbox.holding import Held
from bot.ports.channels import Choice, Outgoing
from bot.storage.outbox.faulty import FaultyRow, fail_message, skip_prompt
from bot.storage.outbox.held import HeldRow
from bot.storage.outbox.rows import OutboxState, Work
from bot.storage.visitors.message_rows import Delivery, NewMessage
from bot.storage.visitors.visitor_states import VisitorState

NO_LONGER_ASKED = "No longer needed: the visitor was answered, or has given an email."


class PromptHandler(SpeakingHandler):
    """Asks a visitor for an email."""

    kinds = (Work.CAPTURE_PROMPT,)

    def write(self, row: HeldRow, thread: VisitorState, held: Held) -> Outgoing | None:
        """Ask, if it is still to be asked at this moment."""
        if row.message_id is None:
            return self._ask(row, thread, held)
        if not _is_still_asked(thread):
            self.refuse(row, OutboxState.CANCELLED, NO_LONGER_ASKED, held)
            return None
        return _prompt(row, row.text or "", thread, held)

    def let_expire(self, row: HeldRow, thread: VisitorState, held: Held) -> None:
        """End the prompt; where it was never tried the core says why it is not sent so late."""
        if row.message_id is None:
            self._ask(row, thread, held)
        else:
            super().let_expire(row, thread, held)

    def follow_up(self, row: HeldRow, held: Held) -> None:
        """Show how it went; what surely nobody has seen has asked nothing."""
        super().follow_up(row, held)
        thread = held.thread(row)
        if thread and row.state not in {OutboxState.SENT, OutboxState.UNKNOWN}:
            apply(held.batch, thread, PromptFailed(held.now, row.reason or ""), held.rules)

    def bury(self, connection: sa.Connection, row: FaultyRow, reason: str, now: datetime) -> None:
        """Show that nobody was asked."""
        fail_message(connection, row.message_id, reason, now)
        skip_prompt(connection, row.conversation_id, reason)

    def _ask(self, row: HeldRow, thread: VisitorState, held: Held) -> Outgoing | None:
        decisions = apply(held.batch, thread, PromptCameDue(held.now), held.rules)
        ask = next((one for one in decisions if isinstance(one, AskForEmail)), None)
        if ask is None:
            row.leave()  # the decisions have settled or moved it
            return None
        is_delivered = held.rules.for_channel(row.channel).row_is_delivery
        message = NewMessage(
            thread,
            Author.BOT,
            ask.text,
            at=held.now,
            created_at=held.now,
            kind=Kind.CAPTURE_PROMPT,
            client_key=f"prompt:{thread.conversation_id}",
            delivery=Delivery.SENT if is_delivered else Delivery.PENDING,
        )
        row.write_message(held.batch.add_message(message))
        if is_delivered:
            row.finish(held.now)
            return None
        return _prompt(row, ask.text, thread, held)


def _prompt(row: HeldRow, text: str, thread: VisitorState, held: Held) -> Outgoing:
    talk = thread.conversation
    words = texts((talk and talk.locale) or held.rules.locale)
    asks_consent = bool(talk and talk.capture.consent_text)
    confirms = asks_consent or bool(talk and talk.capture.confirm_email)
    return Outgoing(
        text,
        metadata=f"ob:{row.id}",
        asks_for_email=not confirms,
        decline_label=words.no_thanks,
        choices=(Choice(words.yes, words.yes),) if confirms else (),
    )


def _is_still_asked(thread: VisitorState) -> bool:
    """Say whether a prompt whose request surely failed is still worth another one."""
    talk = thread.conversation
    return (
        talk is not None
        and talk.capture.state is CaptureState.ASKED
        and talk.status is Status.OPEN
        and not talk.owned_elsewhere
        and (talk.unanswered > 0 or talk.capture.by_hand)
    )
