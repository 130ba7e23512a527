"""Send API calls that Meta would refuse."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.web.demo.graph_errors import GraphError
from bot.web.demo.sent import check_window, read_action, read_message, read_recipient

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TEXT_REPLY = {"content_type": "text", "title": "Yes", "payload": "YES"}


def _call(**message: object) -> dict[str, str]:
    return {"messaging_type": "RESPONSE", "message": json.dumps({"text": "Hello", **message})}


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"recipient": "id"},  # what facebook-sdk makes of a nested dict
        {"recipient": "7001"},
        {"recipient": '"7001"'},
        {"recipient": "[]"},
        {"recipient": "{}"},
        {"recipient": '{"id": 7001}'},
        {"recipient": '{"id": ""}'},
    ],
)
def test_a_recipient_must_be_an_object_with_an_id(form: dict[str, str]) -> None:
    with pytest.raises(GraphError, match="recipient"):
        read_recipient(form)


def test_a_recipient_is_read() -> None:
    assert read_recipient({"recipient": '{"id": "7001"}'}) == "7001"


@pytest.mark.parametrize(
    "form",
    [
        {**_call(), "messaging_type": "PROMOTION"},
        {"message": _call()["message"]},
        {"messaging_type": "RESPONSE"},
        {"messaging_type": "RESPONSE", "message": "text"},
        _call(text=""),
        _call(text=7),
        _call(text="x" * 2000),
        _call(metadata="x" * 1000),
        _call(quick_replies={}),
        _call(quick_replies=[TEXT_REPLY] * 14),
        _call(quick_replies=["user_email"]),
        _call(quick_replies=[{"content_type": "email"}]),
        _call(quick_replies=[{"content_type": "text", "title": "Yes"}]),
        _call(quick_replies=[{**TEXT_REPLY, "title": "x" * 21}]),
        _call(quick_replies=[{**TEXT_REPLY, "payload": "x" * 1001}]),
    ],
)
def test_a_message_that_no_phone_could_show_is_refused(form: dict[str, str]) -> None:
    with pytest.raises(GraphError, match="#100"):
        read_message(form)


def test_a_message_up_to_the_limits_is_taken() -> None:
    offers = [{**TEXT_REPLY, "title": "x" * 20, "payload": "x" * 1000}] * 12
    form = _call(
        text="x" * 1999,
        metadata="x" * 999,
        quick_replies=[*offers, {"content_type": "user_email"}],
    )
    assert read_message(form) == json.loads(form["message"])


def test_an_unknown_action_is_refused() -> None:
    assert read_action({"sender_action": "typing_on"}) == "typing_on"
    with pytest.raises(GraphError, match="sender_action"):
        read_action({"sender_action": "dance"})


@pytest.mark.parametrize("wrote_at", [None, NOW - timedelta(hours=24, seconds=1)])
def test_after_a_day_the_window_is_closed(wrote_at: datetime | None) -> None:
    with pytest.raises(GraphError, match="outside of allowed window"):
        check_window(wrote_at, NOW)


def test_within_a_day_it_is_open() -> None:
    check_window(NOW - timedelta(hours=24), NOW)
