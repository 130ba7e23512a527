"""What comes instead of an envelope, and poison among good items."""

import json

import pytest

from channels.meta.payloads import Parsed
from tests.channels.messenger.deliveries import (
    PAGE,
    delivery,
    event,
    message,
    only_text,
    read,
    reasons,
    recording,
    reports,
)


def _only_reasons(parsed: Parsed) -> list[str]:
    assert parsed.arrivals == []
    return reasons(parsed)


@pytest.mark.parametrize(
    "body",
    [b"<xml/>", b"", b"null", b"[]", b'"x"', b"1", b"[{}]", b" ", b"{}", b'{"object":"page"}'],
)
def test_what_is_no_envelope_is_kept_with_its_reason(body: bytes) -> None:
    parsed = read(body)

    assert _only_reasons(parsed) == ["not_an_envelope"]
    assert parsed.faults[0].raw == body


@pytest.mark.parametrize(
    "body", [b"{", b'{"object":"page",}', b"{'object':'page'}", b"{}{}", b"{\0"]
)
def test_what_only_begins_like_an_envelope_is_kept(body: bytes) -> None:
    assert _only_reasons(read(body)) == ["not_json"]


@pytest.mark.parametrize("number", ["9" * 5_000, "-" + "9" * 5_000, "NaN", "-Infinity", "1e999"])
@pytest.mark.parametrize("where", ['"timestamp":1772366400123', '"mid":"m_1"', '"lat":1.5'])
def test_a_number_beyond_reason_counts_as_absent(where: str, number: str) -> None:
    place = {"type": "location", "payload": {"coordinates": {"lat": 1.5, "long": 2}}}
    body = delivery(message(attachments=[place])).replace(b" ", b"").decode()
    name = where.partition(":")[0]
    assert where in body

    written = only_text(body.replace(where, f"{name}:{number}").encode())

    assert written.text == "Hello"
    assert written.attachments[0].latitude in {1.5, None}


@pytest.mark.parametrize("body", [b"\xff\xfe", b'{"object":"\xe9"}', b'{"a":"\xed\xa0\x80"}'])
def test_what_is_not_utf_8_is_kept_as_it_came(body: bytes) -> None:
    parsed = read(body)

    assert _only_reasons(parsed) == ["bad_encoding"]
    assert parsed.faults[0].raw == body


def test_a_byte_order_mark_is_no_obstacle() -> None:
    assert reports(read(b"\xef\xbb\xbf" + recording("text"))) == reports(read(recording("text")))


@pytest.mark.parametrize(
    ("encoding", "reason"),
    [
        ("utf-16", "bad_encoding"),
        ("utf-16-le", "not_json"),
        ("utf-16-be", "not_an_envelope"),
        ("utf-32", "bad_encoding"),
    ],
)
def test_another_encoding_is_a_fault(encoding: str, reason: str) -> None:
    assert _only_reasons(read(recording("text").decode().encode(encoding))) == [reason]


@pytest.mark.parametrize(
    "bomb",
    [
        b'{"a":' * 200_000,
        b'{"object":"page","entry":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)
def test_a_body_nested_too_deep_is_a_fault(bomb: bytes) -> None:
    assert _only_reasons(read(bomb)) == ["too_deep"]


@pytest.mark.parametrize("depth", range(900, 1_000, 3))
def test_an_item_nested_almost_too_deep_does_not_hurt_its_neighbours(depth: int) -> None:
    deep = b"[" * depth + b"]" * depth
    body = delivery(message(mid=""), message(mid="m_2")).replace(b'"mid": ""', b'"x": ' + deep)

    parsed = read(body)

    if reasons(parsed) != ["too_deep"]:  # which the whole is from some depth on
        assert "m_2" in {arrival.key for arrival in parsed.arrivals}


@pytest.mark.parametrize(
    ("poison", "reason"),
    [
        ("poison", "bad_item"),
        (None, "bad_item"),
        (message()["message"], None),
        (event(message="poison"), "bad_event"),
        (event(postback=[1]), "bad_event"),
        (event(message={"is_deleted": True}), "no_key"),
        (event(message_edit={"mid": "m_1", "text": None}), "no_text"),
        (event(message={"text": "x"}, sender={"id": "x" * 300}), "bad_sender"),
        (event(message={"text": "x"}, sender={"id": "a\0"}), "bad_sender"),
        (event(message={"text": "x"}, sender={"id": "user_ref:X"}), "bad_sender"),
        (event(message={"text": "x"}, sender={"id": "user_ref:X", "user_ref": "X"}), "bad_sender"),
    ],
)
def test_one_poisoned_item_of_a_thousand_dies_alone(poison: object, reason: str | None) -> None:
    items = [message(mid=f"m_{number}") for number in range(999)]

    parsed = read(delivery(*items[:500], poison, *items[500:]))

    assert [arrival.key for arrival in parsed.arrivals] == [f"m_{n}" for n in range(999)]
    if reason is None:
        assert parsed.faults == []
    else:
        [fault] = parsed.faults
        assert (fault.reason, fault.account) == (reason, PAGE)
        assert json.loads(fault.raw)["entry"][0]["messaging"] == [poison]


@pytest.mark.parametrize("entry", ["poison", None, 1, [], {"id": PAGE, "messaging": {"x": 1}}])
def test_a_poisoned_entry_dies_alone(entry: object) -> None:
    good = json.loads(recording("text"))["entry"][0]

    parsed = read(json.dumps({"object": "page", "entry": [entry, good]}).encode())

    assert len(parsed.arrivals) == 1
    [fault] = parsed.faults
    assert fault.reason == "bad_entry"
    assert json.loads(fault.raw)["entry"] == [entry]


@pytest.mark.parametrize("box", [5, [7]])
@pytest.mark.parametrize("page", ["a\0", "\ud800", "9" * 100_000])
def test_what_names_no_page_is_kept_under_an_id_that_can_be_stored(page: str, box: object) -> None:
    entry = {"id": page, "messaging": box}

    [fault] = read(json.dumps({"object": "page", "entry": [entry]}).encode()).faults

    assert fault.account
    assert fault.account.encode().count(b"\0") == 0
    assert len(fault.account) <= 255


def test_of_a_key_that_comes_twice_the_last_counts() -> None:
    body = delivery(message()).replace(b'"text": "Hello"', b'"text": "Hello", "text": "Bye"')

    assert only_text(body).text == "Bye"
