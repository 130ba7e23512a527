"""Texts, taps and echoes that try something."""

from collections import Counter

import pytest

from bot.core.arrivals import EchoSeen, VisitorIdentified
from bot.core.events import VisitorEdited
from channels.meta.payloads import Parsed
from tests.channels.messenger.deliveries import (
    APP,
    PAGE,
    RECEIVED_AT,
    SENT_AT,
    VISITOR,
    delivery,
    event,
    message,
    only_arrival,
    only_text,
    read,
)


def test_nul_becomes_the_replacement_character() -> None:
    assert only_text(delivery(message(text="a\0b"))).text == "a\ufffdb"


@pytest.mark.parametrize(
    ("app_id", "metadata", "outbox_id"),
    [
        (APP, "ob:31", 31),
        (int(APP), "ob:31", 31),
        ("555", "ob:31", None),
        (None, "ob:31", None),
        (APP, None, None),
        (APP, "", None),
        (APP, "ob:", None),
        (APP, "ob:-1", None),
        (APP, "ob:٣", None),
        (APP, "ob:1\n", None),
        (APP, "xob:1", None),
        (APP, "ob:31/x", None),
        (APP, "ob:" + "9" * 30, None),
        ("555", "ob:31/1", None),
    ],
)
def test_only_our_own_app_can_name_what_it_sent(
    app_id: object, metadata: object, outbox_id: int | None
) -> None:
    echo = {"is_echo": True, "app_id": app_id, "metadata": metadata}
    sides = {"sender": {"id": PAGE}, "recipient": {"id": VISITOR}}

    report = only_arrival(read(delivery({**message(**echo), **sides}))).report

    assert isinstance(report, EchoSeen)
    assert report.outbox_id == outbox_id


@pytest.mark.parametrize("foreign", ["\0", "\ud800", "a\0b"])
def test_no_id_brings_a_nul_along(foreign: str) -> None:
    prior = event(message={"text": "x"}, prior_message={"identifier": foreign})
    echo = message(is_echo=True, app_id=foreign)

    identified, _ = read(delivery(prior)).arrivals
    echoed = only_arrival(
        read(delivery({**echo, "sender": {"id": PAGE}, "recipient": {"id": "7"}}))
    )

    clean = foreign.replace("\0", "\ufffd").replace("\ud800", "\ufffd")
    assert identified.report == VisitorIdentified(f"user_ref:{clean}", SENT_AT)
    assert isinstance(echoed.report, EchoSeen)
    assert echoed.report.app_id == clean


@pytest.mark.parametrize(
    "payload",
    ["__proto__", "'; DROP TABLE message;--", "{{7*7}}", "${jndi:ldap://x}", "%s%n", "=1+1"],
)
def test_a_payload_is_a_text_and_nothing_else(payload: str) -> None:
    written = only_text(delivery(event(postback={"payload": payload})))

    assert (written.text, written.payload) == (payload, payload)


def test_a_text_of_any_length_is_kept_whole() -> None:
    assert only_text(delivery(message(text="x" * 20_000))).text == "x" * 20_000


def test_a_tapped_answer_that_is_no_address_is_none() -> None:
    assert not only_text(delivery(message(quick_reply={"payload": "Hello"}))).email_from_profile


def test_a_postback_has_the_key_that_meta_gave_it() -> None:
    assert only_arrival(read(delivery(event(postback={"mid": "m_9", "title": "Hi"})))).key == "m_9"


@pytest.mark.parametrize(
    ("stated", "edit"),
    [(3, 3), ("3", 3), (None, 0), ("many", 0), (-3, 0), ("\u0663", 0), (10**30, 1_000), ({}, 0)],
)
def test_an_edit_has_a_number_within_reason(stated: object, edit: int) -> None:
    edited = event(message_edit={"mid": "m_1", "text": "x", "num_edit": stated})

    assert only_arrival(read(delivery(edited))).report == VisitorEdited(
        "m_1", "x", edit, SENT_AT, RECEIVED_AT
    )


@pytest.mark.parametrize(
    ("nothing", "kind"),
    [
        ({}, "empty_message"),
        ({"text": "", "attachments": []}, "empty_message"),
    ],
)
def test_a_message_of_nothing_is_only_counted(nothing: object, kind: str) -> None:
    parsed = read(delivery(event(message=nothing)))

    assert parsed == Parsed(ignored=Counter({kind: 1}))


def test_a_foreign_app_id_is_not_kept_at_any_length() -> None:
    echo = {**message(is_echo=True, app_id="5" * 9_999), "sender": {"id": PAGE}}

    report = only_arrival(read(delivery({**echo, "recipient": {"id": VISITOR}}))).report

    assert isinstance(report, EchoSeen)
    assert report.app_id == "5" * 255
