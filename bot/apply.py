"""Lets the core decide on one event, and turns its decisions into rows of a batch."""

from datetime import datetime
from functools import cache
from typing import assert_never

from bot.core.decide import decide
from bot.core.decisions import (
    AskForConsent,
    AskForEmail,
    CancelPrompt,
    CaptureEmail,
    ConfirmEmail,
    Decision,
    Decline,
    DropConfirmation,
    DropOffer,
    DropSuggestion,
    ExpirePrompt,
    GiveHint,
    KeepConsent,
    LeavePrompt,
    OfferEmail,
    RefuseEmail,
    RefuseMoreEmails,
    RefuseRequest,
    Reopen,
    RequireConsent,
    Say,
    SchedulePrompt,
    ShowAway,
    SkipPrompt,
    StopAutomatic,
    SuggestEmail,
    WithdrawConsent,
)
from bot.core.events import Event
from bot.core.evolve import evolve
from bot.core.model import Author, Conversation, Kind
from bot.storage.contacts.consents import NewConsent
from bot.storage.contacts.contact_rows import NewClaim
from bot.storage.outbox.rows import OutboxRow, OutboxState, Work
from bot.storage.visitors.batch import Batch
from bot.storage.visitors.message_rows import Delivery, NewMessage
from bot.storage.visitors.visitor_states import VisitorState
from config.rules import CaptureRules


@cache
def fresh_conversation(channel: str) -> Conversation:
    """Give what every conversation on a channel begins as; it is frozen, so one does for all."""
    return Conversation(channel)


def apply(batch: Batch, thread: VisitorState, event: Event, rules: CaptureRules) -> list[Decision]:
    """Change the thread as the core says, and add to the batch what follows from it."""
    conversation = thread.conversation or fresh_conversation(thread.place.channel)
    decisions = decide(conversation, event, rules)
    thread.conversation = evolve(conversation, event, decisions)
    thread.conversation_changed = True
    batch.touch(thread)
    for decision in decisions:
        _carry_out(batch, thread, decision, rules)
    return decisions


def _carry_out(  # noqa: C901 - an arm for each decision
    batch: Batch, thread: VisitorState, decision: Decision, rules: CaptureRules
) -> None:
    match decision:
        case SchedulePrompt():
            _arm(batch, thread, decision, rules)
        case CancelPrompt(reason) | SkipPrompt(reason):
            _disarm(batch, thread, OutboxState.CANCELLED, reason)
        case ExpirePrompt(reason):
            _disarm(batch, thread, OutboxState.EXPIRED, reason)
        case Say():
            say(batch, thread, decision, rules)
        case ShowAway(text):
            say(batch, thread, Say(text, Kind.AWAY), rules)
        case CaptureEmail():
            _capture(batch, thread, decision)
        case KeepConsent(text, language):
            batch.consents.append(NewConsent(thread, text, language, batch.now))
            batch.audit("visitor", "consent.given", thread, {"locale": language})
        case WithdrawConsent(by):
            batch.ended_consents.append((thread, by))
            batch.audit(by, "consent.withdrawn", thread)
        case StopAutomatic():
            batch.audit("visitor", "automatic.stopped", thread)
        case AskForEmail():
            pass  # the worker that holds the prompt writes its message
        case (
            LeavePrompt()
            | RefuseEmail()
            | RefuseMoreEmails()
            | RefuseRequest()
            | SuggestEmail()
            | ConfirmEmail()
            | DropConfirmation()
            | AskForConsent()
            | RequireConsent()
            | DropSuggestion()
            | DropOffer()
            | GiveHint()
            | OfferEmail()
            | Decline()
            | Reopen()
        ):
            pass  # state alone
        case _:
            assert_never(decision)


def deadline(thread: VisitorState, rules: CaptureRules) -> datetime | None:
    """Say until when the channel lets us write."""
    window = rules.for_channel(thread.place.channel).window
    seen_at = thread.conversation.visitor_seen_at if thread.conversation else None
    return seen_at + window if window and seen_at else None


def say(batch: Batch, thread: VisitorState, words: Say, rules: CaptureRules) -> None:
    """Let the bot write into the conversation, and order the delivery where one is needed."""
    itself = rules.for_channel(thread.place.channel).row_is_delivery
    message = batch.add_message(
        NewMessage(
            thread,
            Author.BOT,
            words.text,
            at=batch.now,
            created_at=batch.now,
            kind=words.kind,
            delivery=Delivery.SENT if itself else Delivery.PENDING,
        )
    )
    if not itself:
        order_delivery(batch, message, rules, _buttons(words))


def _buttons(words: Say) -> dict[str, object] | None:
    offered: dict[str, object] = {"choices": list(words.choices)} if words.choices else {}
    if words.asks_for_email:
        offered["asks_for_email"] = True
    return offered or None


def order_delivery(
    batch: Batch,
    message: NewMessage,
    rules: CaptureRules,
    buttons: dict[str, object] | None = None,
) -> None:
    """Order the sending of a message that is being written."""
    batch.add_order(
        OutboxRow(
            Work.DELIVER,
            message.thread,
            due_at=batch.now,
            created_at=batch.now,
            message=message,
            deadline=deadline(message.thread, rules),
            payload=buttons,
        )
    )


def _arm(batch: Batch, thread: VisitorState, decision: SchedulePrompt, rules: CaptureRules) -> None:
    batch.set_prompt(
        OutboxRow(
            Work.CAPTURE_PROMPT,
            thread,
            due_at=decision.due_at,
            created_at=batch.now,
            deadline=deadline(thread, rules),
            reason=decision.reason,
        )
    )


def _disarm(batch: Batch, thread: VisitorState, state: OutboxState, reason: str) -> None:
    batch.set_prompt(
        OutboxRow(
            Work.CAPTURE_PROMPT,
            thread,
            due_at=batch.now,
            created_at=batch.now,
            state=state,
            reason=reason,
        )
    )


def _capture(batch: Batch, thread: VisitorState, decision: CaptureEmail) -> None:
    if thread.conversation and thread.conversation.proved_email:
        return  # whose conversation it is stays proved: the address is a claim beside it
    batch.add_claim(
        NewClaim(
            thread,
            email=decision.email,
            key=decision.key,
            lookalike="xn--" in decision.email,
            source=decision.source,
            at=batch.now,
            first_name=thread.first_name,
            last_name=thread.last_name,
        )
    )
