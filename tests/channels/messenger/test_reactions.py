"""Reactions and replied-to messages, as Meta tells of them."""

import pytest

from bot.core.arrivals import EchoSeen, MessageReacted
from tests.channels.messenger.deliveries import (
    SENT_AT,
    delivery,
    event,
    message,
    only_arrival,
    only_text,
    read,
)


@pytest.mark.parametrize(
    ("reaction", "emoji"),
    [
        ({"action": "react", "emoji": "👍", "reaction": "like"}, "👍"),
        ({"action": "react", "emoji": r"\u{2764}\u{FE0F}", "reaction": "love"}, "❤️"),
        ({"action": "react", "reaction": "angry"}, "😠"),
        ({"action": "react", "emoji": "x" * 900}, "x" * 16),
        ({"action": "unreact"}, None),
        ({"action": "unreact", "emoji": "👍", "reaction": "like"}, None),
    ],
)
def test_an_emoji_is_put_on_a_message_or_taken_away(
    reaction: dict[str, object], emoji: str | None
) -> None:
    arrival = only_arrival(read(delivery(event(reaction={"mid": "m_9", **reaction}))))
    assert arrival.report == MessageReacted("m_9", emoji, SENT_AT)


@pytest.mark.parametrize(
    "reaction",
    [
        {"mid": "m_9", "action": "react", "reaction": "other"},
        {"mid": "m_9", "action": "react", "emoji": r"\u{FFFFFF}"},
        {"action": "react", "emoji": "👍"},
        {},
    ],
)
def test_what_says_nothing_is_counted(reaction: dict[str, object]) -> None:
    parsed = read(delivery(event(reaction=reaction)))
    assert (parsed.arrivals, parsed.faults, dict(parsed.ignored)) == ([], [], {"reaction": 1})


@pytest.mark.parametrize("reply_to", [{"mid": "m_8"}, {"mid": "m_8", "is_self_reply": True}])
def test_a_message_names_the_one_that_it_replies_to(reply_to: dict[str, object]) -> None:
    assert only_text(delivery(message(reply_to=reply_to))).reply_to == "m_8"
    said = message(is_echo=True, app_id="555", reply_to=reply_to)
    said["sender"], said["recipient"] = said["recipient"], said["sender"]
    report = only_arrival(read(delivery(said))).report
    assert isinstance(report, EchoSeen)
    assert report.reply_to == "m_8"


@pytest.mark.parametrize("reply_to", [None, 7, {}, {"story": {"id": "1"}}, {"mid": None}])
def test_a_reply_to_nothing_known_is_a_message_like_others(reply_to: object) -> None:
    assert only_text(delivery(message(reply_to=reply_to))).reply_to is None
