"""The short way through a plain text ends where the long way does."""

import json

import pytest

from bot.core.arrivals import Arrival
from channels.messenger.product import PRODUCT
from channels.meta.envelope import Piece, open_delivery
from channels.meta.payloads import Parsed
from channels.meta.plain import read_plain
from channels.meta.readers import Served
from tests.channels.messenger.deliveries import (
    APP,
    OTHER_PAGE,
    PAGE,
    RECEIVED_AT,
    SENT,
    VISITOR,
    delivery,
    event,
    message,
    read,
    recording,
    recordings,
)

_PATHS = [
    "sender/id",
    "sender/user_ref",
    "recipient/id",
    "recipient/name",
    "timestamp",
    "message/mid",
    "message/text",
]
_IDS = [VISITOR, PAGE, OTHER_PAGE, int(VISITOR), "user_ref:1", "9" * 300]
_MOMENTS = [SENT / 1000, SENT // 1000, SENT * 2, -SENT, str(SENT)]
_VALUES = [None, True, 0, 7, 1.5, "", "0", "\0", "\ud800", "\u0663", {}, *_IDS, *_MOMENTS]


def _plain(body: bytes) -> list[Arrival | None]:
    served = Served(PRODUCT, {PAGE, OTHER_PAGE}, APP, RECEIVED_AT)
    pieces = [part for part in open_delivery(body, PRODUCT.subject) if isinstance(part, Piece)]
    return [read_plain(piece, served) for piece in pieces]


def _without_raw(parsed: Parsed) -> tuple[list[Arrival], list[str], dict[str, int]]:
    arrivals = [arrival._replace(raw=b"") for arrival in parsed.arrivals]
    return arrivals, [fault.reason for fault in parsed.faults], dict(parsed.ignored)


def test_a_plain_text_goes_the_short_way() -> None:
    body = delivery(message())

    assert _plain(body) == read(body).arrivals != []


@pytest.mark.parametrize("name", [name for name in recordings() if not name.startswith("text")])
def test_nothing_but_a_text_goes_the_short_way(name: str) -> None:
    plain = _plain(recording(name))

    assert all(arrival in read(recording(name)).arrivals for arrival in plain if arrival)


@pytest.mark.parametrize("value", _VALUES, ids=repr)
@pytest.mark.parametrize("path", _PATHS)
def test_the_short_way_ends_where_the_long_way_does(path: str, value: object) -> None:
    item = message()
    *outer, name = path.split("/")
    inner = item[outer[0]] if outer else item
    assert isinstance(inner, dict)
    inner[name] = value
    longer = {**item, "nobody_reads_this": 1}

    assert _plain(delivery(longer)) == [None]
    assert _without_raw(read(delivery(item))) == _without_raw(read(delivery(longer)))


@pytest.mark.parametrize(
    "item",
    [
        message(is_echo=True),
        message(attachments=[]),
        message(quick_reply={"payload": "x"}),
        message(referral={"is_guest_user": True}),
        event(message={"mid": "m_1"}),
        {**message(), "prior_message": {"identifier": "r"}},
        {**message(), "postback": {"title": "t"}},
    ],
)
def test_whatever_says_more_goes_the_long_way(item: object) -> None:
    assert _plain(delivery(item)) == [None]


def test_what_is_only_overheard_goes_the_long_way() -> None:
    entry = {"id": PAGE, "time": SENT, "standby": [message()]}
    body = json.dumps({"object": "page", "entry": [entry]}).encode()

    assert _plain(body) == [None]
