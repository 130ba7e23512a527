"""What agents see of a message's way to the visitor."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.model import Author, Kind, MessageId
from bot.desk.progress import ECHO_COMES_WITHIN, Progress, Way, progress
from bot.storage.conversations.messages import StoredMessage
from bot.storage.visitors.message_rows import Delivery
from tests.factories import NOON

REPLY = StoredMessage(
    id=MessageId(1),
    seq=1,
    outgoing=True,
    author=Author.AGENT,
    name=None,
    kind=Kind.TEXT,
    text="Hello",
    attachments=(),
    at=NOON,
    created_at=NOON,
    client_key=None,
    origin=None,
    assurance=None,
    edited=False,
    deleted=False,
    delivery=Delivery.SENT,
    delivery_error=None,
    delivery_at=NOON,
    delivered_up_to=None,
    seen_up_to=None,
)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("message", "way"),
    [
        (replace(REPLY, delivery=Delivery.PENDING), Way.PENDING),
        (REPLY, Way.SENT),
        (replace(REPLY, delivered_up_to=NOON - SECOND), Way.SENT),
        (replace(REPLY, delivered_up_to=NOON), Way.DELIVERED),
        (replace(REPLY, delivered_up_to=NOON, seen_up_to=NOON - SECOND), Way.DELIVERED),
        (replace(REPLY, delivered_up_to=NOON, seen_up_to=NOON), Way.SEEN),
        (replace(REPLY, delivery=Delivery.PENDING, seen_up_to=NOON), Way.PENDING),
        (replace(REPLY, kind=Kind.NOTE, seen_up_to=NOON), Way.SENT),
    ],
)
def test_watermarks_count_only_for_what_was_sent(message: StoredMessage, way: Way) -> None:
    assert progress(message, NOON) == Progress(way)


def test_a_failure_says_why() -> None:
    failed = replace(REPLY, delivery=Delivery.FAILED, delivery_error="This person is gone.")
    assert progress(failed, NOON) == Progress(Way.FAILED, "This person is gone.")


def test_an_unknown_outcome_waits_two_minutes_for_the_echo() -> None:
    unsure = replace(REPLY, delivery=Delivery.UNCERTAIN, delivery_error="No answer came.")
    end = NOON + ECHO_COMES_WITHIN
    assert progress(unsure, end - SECOND) == Progress(Way.PENDING)
    assert progress(unsure, end) == Progress(Way.UNCERTAIN, "No answer came.")
