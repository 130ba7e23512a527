"""Whatever comes: reading does not raise, and what comes out can be stored."""

import json
import string
from collections.abc import Iterator
from dataclasses import astuple, is_dataclass
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from tests.channels.messenger.deliveries import (
    APP,
    PAGE,
    RECEIVED_AT,
    SENT,
    VISITOR,
    delivery,
    read,
    recording,
    recordings,
)

_EVENTS = (
    "message", "message_edit", "postback", "referral", "optin", "delivery", "read",
    "pass_thread_control", "take_thread_control", "prior_message",
)  # fmt: skip


def _names_in(value: object) -> Iterator[str]:
    match value:
        case dict():
            for name, inner in value.items():
                yield name
                yield from _names_in(inner)
        case list():
            for inner in value:
                yield from _names_in(inner)


_NAMES = st.sampled_from(
    sorted({found for name in recordings() for found in _names_in(json.loads(recording(name)))})
)
_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=9)
    | st.sampled_from([PAGE, VISITOR, APP, SENT, "page", "ob:1", "image", "\0", "\ud800", "9" * 99])
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=6),
    max_leaves=12,
)
_OBJECTS = st.dictionaries(_NAMES, _VALUES, max_size=6)
_ITEMS = st.fixed_dictionaries(
    {"sender": st.just({"id": VISITOR}), "recipient": st.just({"id": PAGE})},
    optional={"timestamp": _SCALARS, **dict.fromkeys(_EVENTS, _OBJECTS)},
)


@given(st.binary(max_size=200) | st.text(alphabet=string.printable).map(str.encode))
def test_no_bytes_whatever_make_it_raise(body: bytes) -> None:
    parsed = read(body)

    assert len(parsed.arrivals) + len(parsed.faults) <= len(body) + 1


@given(_VALUES)
def test_no_json_whatever_makes_it_raise(value: object) -> None:
    assert read(json.dumps(value).encode()).arrivals == []


@given(st.lists(_ITEMS | _VALUES, max_size=3))
def test_whatever_comes_of_an_item_can_be_stored(items: list[object]) -> None:
    parsed = read(delivery(*items))

    assert len(parsed.arrivals) <= 3 * len(_EVENTS) * len(items)
    assert len(parsed.faults) <= len(items)
    assert not [fault for fault in parsed.faults if fault.reason.startswith("unreadable")]
    for arrival in parsed.arrivals:
        assert len(arrival.key or "") <= 255
        assert all(map(_can_be_stored, _leaves(arrival)))


def _leaves(value: object) -> Iterator[object]:
    if is_dataclass(value) and not isinstance(value, type):
        yield from _leaves(astuple(value))
    elif isinstance(value, tuple):
        for part in value:
            yield from _leaves(part)
    else:
        yield value


def _can_be_stored(value: object) -> bool:
    match value:
        case str():
            return "\0" not in value and not any("\ud800" <= sign <= "\udfff" for sign in value)
        case datetime():
            return datetime(2004, 1, 1, tzinfo=UTC) <= value <= RECEIVED_AT
        case bool() | bytes() | None:
            return True
        case int():
            return abs(value) < 2**63
        case float():
            return abs(value) <= 180
        case _:
            return False
