"""By what a second delivery is recognised."""

import pytest

from tests.channels.messenger.deliveries import (
    PAGE,
    SENT,
    delivery,
    event,
    message,
    only_arrival,
    read,
)


def _key(body: bytes) -> str:
    key = only_arrival(read(body)).key
    assert key
    return key


def test_a_number_is_a_key() -> None:
    assert _key(delivery(message(mid=17))) == "17"


@pytest.mark.parametrize("mid", ["x" * 100_000, "x" * 256, "m_\0", "m_\ud800"])
def test_a_key_that_no_index_holds_is_replaced_by_its_hash(mid: str) -> None:
    key, other = _key(delivery(message(mid=mid))), _key(delivery(message(mid=mid + "x")))

    assert key.startswith("sha256:")
    assert len(key) < 100
    assert key != other
    assert key == _key(delivery(message(mid=mid, text="Again"), entry={"time": 1}))


@pytest.mark.parametrize("mid", [None, "", {}, {"a": 1}, [], True, 1.5])
def test_without_a_key_one_is_derived(mid: object) -> None:
    key = _key(delivery(message(mid=mid)))

    assert key.startswith("derived:")
    assert len(key) < 100


def test_the_derived_key_stays_when_the_event_comes_again() -> None:
    again = {"id": PAGE, "time": SENT + 9_999}

    first = _key(delivery(event(postback={"title": "Hi", "payload": "HI"})))

    assert _key(delivery(event(postback={"payload": "HI", "title": "Hi"}), entry=again)) == first


@pytest.mark.parametrize(
    "other",
    [
        event(postback={"title": "Ho"}),
        event(postback={"title": "Hi"}, timestamp=SENT + 1),
        event(postback={"title": "Hi"}, sender={"id": "7009"}),
        event(postback={"title": "Hi"}, recipient={"id": "100200300400501"}),
        event(message={"title": "Hi", "text": "x"}),
    ],
)
def test_the_derived_key_tells_events_apart(other: object) -> None:
    assert _key(delivery(other)) != _key(delivery(event(postback={"title": "Hi"})))
