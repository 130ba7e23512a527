"""Webhooks of the simulator's, beside those that were recorded."""

import json
from datetime import timedelta

import pytest

from bot.core.arrivals import EchoSeen, GuestFlagged, MessagesDelivered, MessagesSeen
from bot.core.events import VisitorEdited, VisitorUnsent, VisitorWrote
from bot.web.demo import payloads
from tests.channels.messenger.deliveries import (
    APP,
    PAGE,
    SENT_AT,
    VISITOR,
    only_arrival,
    read,
    recording,
)

FROM_VISITOR = payloads.between(VISITOR, PAGE, SENT_AT)
FROM_PAGE = payloads.between(PAGE, VISITOR, SENT_AT)


def _write(who: dict[str, object], event: dict[str, object]) -> bytes:
    return payloads.encode(payloads.delivery_to(PAGE, SENT_AT, who | event))


def test_escapes_are_meta_s_own_to_the_last_byte() -> None:
    family = "\N{MAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
    text = f"Write to ada@example.com <3 https://example.com/ 100% {family}"
    written = _write(FROM_VISITOR, payloads.text_message("m_esc", text))
    assert written == recording("text_escaped_by_meta").strip()


def test_what_is_escaped_reads_as_it_was() -> None:
    text = 'a@b/c<d>%\\"\n\u2028\U0001f600'
    assert json.loads(payloads.encode({"text": text})) == {"text": text}


@pytest.mark.parametrize(
    ("who", "event", "name"),
    [
        (FROM_VISITOR, payloads.text_message("m_text", "Hello, is anybody there?"), "text"),
        (FROM_VISITOR, payloads.text_message("m_quick", "Opening hours", "HOURS"), "quick_reply"),
        (FROM_VISITOR, payloads.unsent("m_text"), "unsent"),
        (
            FROM_VISITOR,
            payloads.guest_referral("https://shop.example.com/"),
            "referral_of_guest",
        ),
        (FROM_PAGE, payloads.echo("m_echo", "Thanks", APP, "ob:31"), "echo_of_ours"),
        (FROM_VISITOR, payloads.seen(SENT_AT - timedelta(milliseconds=500)), "read"),
    ],
)
def test_events_have_the_shape_of_recorded_ones(
    who: dict[str, object], event: dict[str, object], name: str
) -> None:
    recorded = json.loads(recording(name))["entry"][0]["messaging"][0]
    assert json.loads(_write(who, event))["entry"][0]["messaging"][0] == recorded


@pytest.mark.parametrize(
    ("who", "event", "report"),
    [
        (FROM_VISITOR, payloads.text_message("m_1", "Hello"), VisitorWrote),
        (FROM_VISITOR, payloads.edit("m_1", "Hello", 1), VisitorEdited),
        (FROM_VISITOR, payloads.unsent("m_1"), VisitorUnsent),
        (FROM_VISITOR, payloads.guest_referral("https://www.example.com/"), GuestFlagged),
        (FROM_PAGE, payloads.echo("m_1", "Hello", APP, "ob:7"), EchoSeen),
        (FROM_VISITOR, payloads.delivered(["m_1"], SENT_AT), MessagesDelivered),
        (FROM_VISITOR, payloads.seen(SENT_AT), MessagesSeen),
    ],
)
def test_our_own_channel_understands_each_of_them(
    who: dict[str, object], event: dict[str, object], report: type
) -> None:
    arrival = only_arrival(read(_write(who, event)))
    assert isinstance(arrival.report, report)
    assert (arrival.place.account, arrival.place.external_id) == (PAGE, VISITOR)
