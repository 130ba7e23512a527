"""Timestamps of all kinds."""

from collections import Counter

import pytest

from bot.core.arrivals import MessagesDelivered, MessagesSeen
from bot.core.events import VisitorWrote
from channels.meta.payloads import Parsed
from tests.channels.messenger.deliveries import (
    PAGE,
    RECEIVED_AT,
    SENT,
    SENT_AT,
    delivery,
    event,
    only_arrival,
    only_text,
    read,
)


@pytest.mark.parametrize(
    "stated", ["abc", -(10**15), 10**20, True, 2**70, 1, "²", "9" * 5_000, [], {}, -1.5, 10**11]
)
def test_an_absurd_timestamp_gives_way_to_the_time_of_receipt(stated: object) -> None:
    parsed = read(delivery(event(message={"mid": "m", "text": "x"}, timestamp=stated)))

    report = only_arrival(parsed).report
    assert isinstance(report, VisitorWrote)
    assert (report.at, report.received_at) == (RECEIVED_AT, RECEIVED_AT)
    assert parsed.ignored == Counter(timestamp=1)


@pytest.mark.parametrize("missing", [None, 0, "", "0"])
@pytest.mark.parametrize("entry_time", [None, 1, "never"])
def test_without_any_timestamp_the_time_of_receipt_counts(
    missing: object, entry_time: object
) -> None:
    item = event(message={"mid": "m", "text": "x"}, timestamp=missing)

    parsed = read(delivery(item, entry={"id": PAGE, "time": entry_time}))

    assert only_arrival(parsed).report == VisitorWrote("x", RECEIVED_AT, RECEIVED_AT)
    assert parsed.ignored == Counter(timestamp=1)


@pytest.mark.parametrize("missing", [None, 0, "", "0"])
def test_without_a_timestamp_of_its_own_an_event_has_that_of_its_entry(missing: object) -> None:
    written = only_text(delivery(event(message={"mid": "m", "text": "x"}, timestamp=missing)))

    assert written.at == SENT_AT


@pytest.mark.parametrize("stated", [str(SENT), SENT / 1, SENT, f"{SENT // 1000}", SENT // 1000])
def test_a_timestamp_may_be_text_or_seconds(stated: object) -> None:
    written = only_text(delivery(event(message={"mid": "m", "text": "x"}, timestamp=stated)))

    assert written.at in {SENT_AT, SENT_AT.replace(microsecond=0)}


def test_what_claims_to_come_from_the_future_happened_now() -> None:
    tomorrow = SENT + 86_400_000

    parsed = read(delivery(event(message={"mid": "m", "text": "x"}, timestamp=tomorrow)))

    assert only_arrival(parsed).report == VisitorWrote("x", RECEIVED_AT, RECEIVED_AT)
    assert parsed.ignored == Counter()


@pytest.mark.parametrize("kind", ["delivery", "read"])
def test_a_watermark_of_the_future_is_clamped(kind: str) -> None:
    future = SENT + 10**10

    report = only_arrival(read(delivery(event(**{kind: {"watermark": future}})))).report

    assert isinstance(report, MessagesDelivered | MessagesSeen)
    assert report.watermark == RECEIVED_AT


@pytest.mark.parametrize("watermark", [None, "x", 10**30, -1, {}])
def test_an_absurd_watermark_says_nothing(watermark: object) -> None:
    parsed = read(delivery(event(read={"watermark": watermark})))

    assert parsed == Parsed(ignored=Counter(read=1))
