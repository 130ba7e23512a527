"""What each kind of delivery is read as."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.arrivals import (
    EchoSeen,
    GuestFlagged,
    MessageReacted,
    MessagesDelivered,
    MessagesSeen,
    Report,
    VisitorIdentified,
)
from bot.core.events import (
    Attachment,
    ThreadReturned,
    ThreadTaken,
    VisitorEdited,
    VisitorUnsent,
    VisitorWrote,
    WindowOpened,
)
from bot.core.model import Kind, VisitorKey
from tests.channels.messenger.deliveries import (
    OTHER_PAGE,
    PAGE,
    RECEIVED_AT,
    SENT_AT,
    VISITOR,
    delivery,
    event,
    only_arrival,
    read,
    recording,
    recordings,
    reports,
)

_SECOND = timedelta(seconds=1)
_WROTE = VisitorWrote("", at=SENT_AT, received_at=RECEIVED_AT)
_ECHO = EchoSeen("", at=SENT_AT, received_at=RECEIVED_AT)
_CAT = "https://cdn.example.com/cat.png"
_THUMB = "https://cdn.example.com/t.png"


def _wrote(text: str, *attachments: Attachment) -> VisitorWrote:
    return _WROTE._replace(text=text, attachments=attachments)


def _tapped(text: str, payload: str) -> VisitorWrote:
    return _WROTE._replace(text=text, payload=payload)


def _posted_back(text: str, payload: str | None) -> VisitorWrote:
    return _WROTE._replace(text=text, payload=payload, kind=Kind.POSTBACK)


_REPORTS: dict[str, list[Report]] = {
    "text": [_wrote("Hello, is anybody there?")],
    "text_with_number_ids": [_wrote("ids of the old kind")],
    "text_sent_late": [_wrote("Sent a while ago")],
    "text_with_time_of_entry_only": [
        _wrote("When was this?")._replace(at=SENT_AT + timedelta(milliseconds=600))
    ],
    "text_with_nul_and_lone_surrogate": [_wrote("a\ufffdb\ufffdc")],
    "text_escaped_by_meta": [
        _wrote("Write to ada@example.com <3 https://example.com/ 100% \U0001f468\u200d\U0001f467")
    ],
    "text_with_ad_referral": [_wrote("I saw your ad")],
    "text_without_key": [_wrote("no key at all")],
    "text_after_checkbox": [VisitorIdentified("user_ref:box-77", SENT_AT), _wrote("Now I write")],
    "text_from_user_ref": [GuestFlagged(guest=True, at=SENT_AT), _wrote("I have no id yet")],
    "two_texts_out_of_order": [
        _wrote("first"),
        _wrote("second")._replace(at=SENT_AT + 2 * _SECOND),
    ],
    "image": [_wrote("", Attachment("image", url=_CAT))],
    "three_images_with_text": [
        _wrote(
            "Look",
            *(Attachment("image", url=f"https://cdn.example.com/{n}.png") for n in (1, 2, 3)),
        )
    ],
    "attachments_of_odd_shapes": [
        _wrote("", *map(Attachment, ("unknown", "unknown", "file", "audio", "video", "image")))
    ],
    "sticker": [_wrote("", Attachment("sticker", url="https://cdn.example.com/s.png"))],
    "sticker_sent_both_ways": [_wrote("", Attachment("sticker", "👍", _THUMB))],
    "thumbs_up_as_image": [_wrote("", Attachment("image", "👍", _THUMB))],
    "fallback_with_title": [
        _wrote(
            "Here: https://example.com/a", Attachment("fallback", "A page", "https://example.com/a")
        )
    ],
    "fallback_of_the_old_kind": [
        _wrote("", Attachment("fallback", "An old page", "https://example.com/old"))
    ],
    "location": [_wrote("", Attachment("location", "Pinned", latitude=46.5, longitude=11.35))],
    "template": [_wrote("", Attachment("template", "Red boots – €40"))],  # noqa: RUF001 - the dash
    "reel": [_wrote("", Attachment("reel", "A reel", "https://www.facebook.com/reel/5"))],
    "quick_reply": [_tapped("Opening hours", "HOURS")],
    "quick_reply_without_text": [_tapped("HOURS", "HOURS")],
    "quick_reply_of_email": [
        _tapped("ada@example.com", "ada@example.com")._replace(email_from_profile=True)
    ],
    "quick_reply_of_another_email": [_tapped("ada@example.com", "eve@example.com")],
    "quick_reply_declining": [_tapped("No thanks", "DECLINE")],
    "postback": [_posted_back("Get started", "GET_STARTED")],
    "postback_of_the_old_kind": [_posted_back("GET_STARTED", "GET_STARTED")],
    "postback_without_anything": [WindowOpened(SENT_AT)],
    "postback_with_guest_referral": [
        GuestFlagged(guest=True, at=SENT_AT),
        _posted_back("hi", "hi"),
    ],
    "unsent": [VisitorUnsent("m_text", SENT_AT)],
    "unsupported": [_wrote("", Attachment("unsupported"))],
    "nothing_to_show": [_wrote("", Attachment("unsupported"))],
    "edit": [VisitorEdited("m_text", "Hello, ada@example.com here", 2, SENT_AT, RECEIVED_AT)],
    "echo_of_ours": [replace(_ECHO, text="Thanks", outbox_id=31, app_id="246813579")],
    "echo_of_another_app": [replace(_ECHO, text="Buy now", app_id="555")],
    "echo_of_the_inbox": [
        replace(_ECHO, text="We are here", app_id="26390203743090", automatic=None)
    ],
    "echo_with_ids_exchanged": [replace(_ECHO, text="Hello", automatic=None)],
    "echo_of_a_template": [
        replace(_ECHO, app_id="555", attachments=(Attachment("template", "Your order"),))
    ],
    "standby_text": [_wrote("Is this a bot?")._replace(overheard=True)],
    "standby_echo": [replace(_ECHO, text="I am one", app_id="555")],
    "standby_postback": [_posted_back("Yes", None)._replace(overheard=True)],
    "standby_and_messaging": [
        _wrote("aside")._replace(overheard=True),
        _wrote("ahead")._replace(at=SENT_AT + timedelta(milliseconds=1)),
    ],
    "delivery": [MessagesDelivered(SENT_AT - _SECOND, ("m_echo", "8"))],
    "delivery_without_keys": [MessagesDelivered(SENT_AT - _SECOND)],
    "reaction": [MessageReacted("m_echo", "❤", SENT_AT)],
    "read": [MessagesSeen(SENT_AT - _SECOND / 2)],
    "referral_of_guest": [GuestFlagged(guest=True, at=SENT_AT)],
    "referral_of_member_in_seconds": [GuestFlagged(guest=False, at=SENT_AT.replace(microsecond=0))],
    "optin": [WindowOpened(SENT_AT)],
    "optin_of_user_ref": [GuestFlagged(guest=True, at=SENT_AT), WindowOpened(SENT_AT)],
    "thread_passed_to_us": [ThreadReturned(SENT_AT)],
    "thread_passed_to_another": [ThreadTaken(SENT_AT)],
    "thread_taken": [ThreadTaken(SENT_AT)],
    "thread_taken_by_us": [ThreadReturned(SENT_AT)],
}

_IGNORED = {
    "text_from_page_itself": "from_page",
    "text_to_unknown_page": "unknown_page",
    "echo_of_a_part_of_ours": "echo_of_part",
    "standby_delivery": "delivery",
    "standby_read": "read",
    "read_of_the_instagram_kind": "read",
    "referral": "referral",
    "optin_for_news": "optin",
    "thread_requested": "request_thread_control",
    "app_roles": "app_roles",
    "policy_enforcement": "policy_enforcement",
    "game_play": "game_play",
    "future_event": "unknown_event",
    "empty_event": "empty_event",
    "no_sender": "no_sender",
    "no_page": "no_page",
    "dashboard_test": "changes",
    "instagram": "instagram",
}


def test_every_recording_is_in_one_of_these_tests() -> None:
    assert {*_REPORTS, *_IGNORED, "batch_for_two_pages"} == set(recordings())


@pytest.mark.parametrize("name", _REPORTS)
def test_a_delivery_becomes_reports(name: str) -> None:
    parsed = read(recording(name))

    assert reports(parsed) == _REPORTS[name]
    assert parsed.faults == []
    assert parsed.ignored == Counter()
    assert {arrival.place.account for arrival in parsed.arrivals} == {PAGE}


@pytest.mark.parametrize("name", _IGNORED)
def test_what_is_not_for_us_is_only_counted(name: str) -> None:
    parsed = read(recording(name))

    assert parsed.arrivals == []
    assert parsed.faults == []
    assert parsed.ignored == Counter({_IGNORED[name]: 1})


def test_a_batch_for_an_unknown_page_does_not_hurt_the_known_ones() -> None:
    parsed = read(recording("batch_for_two_pages"))

    assert [(arrival.place, arrival.key) for arrival in parsed.arrivals] == [
        (VisitorKey("messenger", PAGE, VISITOR), "m_one"),
        (VisitorKey("messenger", PAGE, "7009"), "m_two"),
        (VisitorKey("messenger", OTHER_PAGE, "7010"), "m_three"),
    ]
    assert parsed.ignored == Counter(unknown_page=1)


@pytest.mark.parametrize("name", ["echo_of_ours", "echo_with_ids_exchanged", "standby_echo"])
def test_an_echo_belongs_to_the_visitor_whichever_way_the_ids_stand(name: str) -> None:
    assert only_arrival(read(recording(name))).place == VisitorKey("messenger", PAGE, VISITOR)


def test_without_an_id_the_visitor_is_called_by_the_reference_of_the_plugin() -> None:
    arrivals = read(recording("text_from_user_ref")).arrivals

    assert {arrival.place.external_id for arrival in arrivals} == {"user_ref:box-78"}


def test_without_an_app_id_of_our_own_metadata_is_believed() -> None:
    report = only_arrival(read(recording("echo_of_another_app"), app_id=None)).report

    assert report == replace(_ECHO, text="Buy now", app_id="555", outbox_id=1)


def test_without_an_app_id_of_our_own_a_passed_thread_is_ours() -> None:
    # Meta tells the app to which it passes the thread.
    parsed = read(recording("thread_passed_to_another"), app_id=None)

    assert reports(parsed) == [ThreadReturned(SENT_AT)]


@pytest.mark.parametrize("name", recordings())
def test_each_arrival_carries_a_delivery_that_is_read_the_same(name: str) -> None:
    for arrival in read(recording(name)).arrivals:
        again = read(arrival.raw).arrivals
        assert arrival._replace(raw=b"") in [other._replace(raw=b"") for other in again]


def test_what_only_the_entry_says_is_kept_with_each_item() -> None:
    items = [{"sender": {"id": VISITOR}, "message": {"text": text}} for text in ("one", "two")]

    for arrival in read(delivery(*items)).arrivals:
        assert only_arrival(read(arrival.raw)) == arrival


def test_where_two_things_happen_the_flag_comes_before_the_words() -> None:
    both = event(message={"mid": "m", "text": "Hi"}, referral={"is_guest_user": True})

    assert reports(read(delivery(both))) == [GuestFlagged(guest=True, at=SENT_AT), _wrote("Hi")]


def test_a_key_without_a_value_is_no_event() -> None:
    tap = event(message=None, read=None, postback={"title": "Hi"})

    assert reports(read(delivery(tap))) == [_posted_back("Hi", None)]


def test_a_thread_taken_by_nobody_in_particular_is_gone() -> None:
    taken = delivery(event(take_thread_control={}))

    assert reports(read(taken, app_id=None)) == [ThreadTaken(SENT_AT)]


def test_a_single_item_is_kept_as_it_came() -> None:
    assert only_arrival(read(recording("text"))).raw == recording("text")
