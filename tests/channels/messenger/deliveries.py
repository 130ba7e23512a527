"""Deliveries to read in tests, and the reading of them with our usual pages."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.core.arrivals import Arrival, Report
from bot.core.automatic import normalise
from bot.core.events import VisitorWrote
from channels.messenger.product import PRODUCT
from channels.meta.payloads import Parsed, parse
from channels.meta.readers import Served

PAGE, OTHER_PAGE, VISITOR, APP = (
    "100200300400500",
    "100200300400501",
    "7001002003004005",
    "246813579",
)
SENT_AT = datetime(2026, 3, 1, 12, 0, 0, 123_000, tzinfo=UTC)
SENT = 1_772_366_400_123
RECEIVED_AT = SENT_AT + timedelta(seconds=2)

_RECORDINGS = Path(__file__).parent / "payloads"


AUTOMATIC = "Thanks for writing! We are back at 9."


def read(body: bytes, *, app_id: str | None = APP) -> Parsed:
    pages, named = {PAGE, OTHER_PAGE}, {normalise(AUTOMATIC)}
    return parse(body, Served(PRODUCT, pages, app_id, RECEIVED_AT, named))


def recording(name: str) -> bytes:
    return (_RECORDINGS / f"{name}.json").read_bytes()


def recordings() -> list[str]:
    return sorted(path.stem for path in _RECORDINGS.glob("*.json"))


def delivery(*items: object, entry: dict[str, object] | None = None) -> bytes:
    around = {"id": PAGE, "time": SENT} if entry is None else entry
    return json.dumps({"object": "page", "entry": [{**around, "messaging": items}]}).encode()


def message(**message: object) -> dict[str, object]:
    return event(message={"mid": "m_1", "text": "Hello", **message})


def event(**event: object) -> dict[str, object]:
    sides = {"sender": {"id": VISITOR}, "recipient": {"id": PAGE}}
    return {**sides, "timestamp": SENT, **event}


def only_arrival(parsed: Parsed) -> Arrival:
    assert not parsed.faults
    [arrival] = parsed.arrivals
    return arrival


def reports(parsed: Parsed) -> list[Report]:
    return [arrival.report for arrival in parsed.arrivals]


def only_text(body: bytes) -> VisitorWrote:
    report = only_arrival(read(body)).report
    assert isinstance(report, VisitorWrote)
    return report


def reasons(parsed: Parsed) -> list[str]:
    return [fault.reason for fault in parsed.faults]
