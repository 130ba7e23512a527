"""Delivery progress of messages."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from bot.core.model import Kind
from bot.storage.conversations.messages import StoredMessage
from bot.storage.visitors.message_rows import Delivery

ECHO_COMES_WITHIN = timedelta(minutes=2)


class Way(StrEnum):
    """A message's delivery state as agents see it."""

    PENDING = "pending"
    SENT = "sent"
    DELIVERED = "delivered"
    SEEN = "seen"
    FAILED = "failed"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class Progress:
    """A message's delivery state and the reason for it."""

    state: Way
    error: str | None = None


def progress(message: StoredMessage, now: datetime, stopped: str | None = None) -> Progress:
    """Say how far an outgoing message or a note has come; a note has nowhere to go.

    What waits says by what it is `stopped`.
    """
    if message.kind is Kind.NOTE:
        return Progress(Way.SENT)
    match message.delivery:
        case Delivery.PENDING:
            return Progress(Way.PENDING, stopped)
        case Delivery.FAILED:
            return Progress(Way.FAILED, message.delivery_error)
        case Delivery.UNCERTAIN if _may_still_be_echoed(message, now):
            return Progress(Way.PENDING)
        case Delivery.UNCERTAIN:
            return Progress(Way.UNCERTAIN, message.delivery_error)
        case Delivery.SENT | None:
            return Progress(_arrival(message))
        case _:
            assert_never(message.delivery)


def _may_still_be_echoed(message: StoredMessage, now: datetime) -> bool:
    return message.delivery_at is not None and now < message.delivery_at + ECHO_COMES_WITHIN


def _arrival(message: StoredMessage) -> Way:
    if message.seen_up_to and message.at <= message.seen_up_to:
        return Way.SEEN
    if message.delivered_up_to and message.at <= message.delivered_up_to:
        return Way.DELIVERED
    return Way.SENT
