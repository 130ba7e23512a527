"""Conversations over the wire, in the shapes that programs rely on."""

from datetime import timedelta

import pytest

from bot.core.arrivals import EchoSeen, GuestFlagged
from bot.core.events import (
    Attachment,
    EmailGiven,
    ThreadTaken,
    VisitorEdited,
    VisitorUnsent,
    VisitorWrote,
)
from bot.core.model import ConversationId, VisitorKey
from bot.core.names import nickname
from tests.bot.web.api.calls import Api
from tests.factories import ADA
from tests.office import ANN, BEN, PAGE, Office

SITE = VisitorKey("webchat", "https://shop.example", "cid")


async def test_a_conversation_has_all_its_fields(
    api: Api, office: Office, conversation_id: ConversationId
) -> None:
    reply = await api.get(f"/conversations/{conversation_id}")
    assert reply.body == {
        "id": conversation_id,
        "channel": "messenger",
        "account": PAGE,
        "status": "open",
        "visitor": {
            "id": office.rows("visitors")[0]["id"],
            "name": f"Unknown visitor {nickname(ANN)}",
            "unknown": True,
            "guest": False,
            "external_id": "ann",
        },
        "contact": None,
        "contact_assurance": None,
        "capture": {
            "state": "scheduled",
            "reason": "Waiting 60 s for an agent's reply.",
            "due_at": "2026-01-05T12:01:00Z",
        },
        "assignee": None,
        "version": 1,
        "last_seq": 1,
        "last_message_at": "2026-01-05T12:00:00Z",
        "waiting_since": "2026-01-05T12:00:00Z",
        "by_mail_of": None,
    }


async def test_a_contact_makes_the_visitor_known(
    api: Api, office: Office, conversation_id: ConversationId
) -> None:
    office.write(ADA)
    body = (await api.get(f"/conversations/{conversation_id}")).body
    assert body["contact"] == {
        "id": office.rows("contacts")[0]["id"],
        "email": ADA,
        "first_name": None,
        "last_name": None,
        "source": "capture",
        "created_at": "2026-01-05T12:00:00Z",
    }
    assert (body["contact_assurance"], body["visitor"]["unknown"]) == ("claimed", False)
    assert body["capture"]["state"] == "captured"


async def test_a_guest_is_one(api: Api, office: Office, conversation_id: ConversationId) -> None:
    office.receive(GuestFlagged(guest=True, at=office.now))
    assert (await api.get(f"/conversations/{conversation_id}")).body["visitor"]["guest"] is True


async def test_lists_are_filtered_and_paged(api: Api, office: Office) -> None:
    for place in (ANN, BEN, SITE):
        office.write(place=place)
        office.pass_time(1)
    first = (await api.get("/conversations?limit=2&unknown=true&assignee=none&q=")).body
    second = (await api.get(f"/conversations?limit=2&cursor={first['next_cursor']}")).body
    shown = [one["visitor"]["external_id"] for one in first["conversations"]]
    assert shown == ["cid", "ben"]
    assert [one["visitor"]["external_id"] for one in second["conversations"]] == ["ann"]
    assert second["next_cursor"] is None
    for query, count in [("channel=webchat", 1), ("status=closed", 0), ("q=hello", 3)]:
        assert len((await api.get("/conversations?" + query)).body["conversations"]) == count


async def test_messages_have_all_their_fields(
    api: Api, office: Office, conversation_id: ConversationId
) -> None:
    path = f"/conversations/{conversation_id}/messages"
    await api.post(path, {"text": "Hi", "client_id": "c1"})
    await api.post(path, {"text": "For us", "client_id": "c2", "note": True})
    reply = await api.get(path)
    at = "2026-01-05T12:00:00Z"
    both: dict[str, object] = {
        "author": "agent",
        "name": None,
        "direction": "outgoing",
        "attachments": [],
        "at": at,
    }
    assert reply.body == {
        "messages": [
            {
                "seq": 1,
                "direction": "incoming",
                "assurance": None,
                "author": "visitor",
                "name": None,
                "kind": "text",
                "text": "Hello",
                "attachments": [],
                "at": at,
            },
            {
                **both,
                "seq": 2,
                "kind": "text",
                "text": "Hi",
                "client_id": "c1",
                "delivery": {"state": "pending", "error": None},
            },
            {
                **both,
                "seq": 3,
                "kind": "note",
                "text": "For us",
                "client_id": "c2",
                "delivery": {"state": "sent", "error": None},
            },
        ],
        "last_seq": 3,
    }


async def test_only_what_is_so_is_said_of_a_message(api: Api, office: Office) -> None:
    map_pin = Attachment("location", "Here", None, 45.5, 9.25)
    office.receive(VisitorWrote("Helo", office.now, office.now, attachments=(map_pin,)), key="m_1")
    office.receive(VisitorEdited("m_1", "Hello", 1, office.now, office.now), key="m_1")
    office.write("Wrong", key="m_2")
    office.receive(VisitorUnsent("m_2", office.now), key="m_2")
    office.receive(EchoSeen("From elsewhere", office.now, office.now), key="m_3")
    [row] = office.rows("conversations")
    messages = (await api.get(f"/conversations/{row['id']}/messages")).body["messages"]
    extra = [
        {name: one[name] for name in ("edited", "deleted", "origin", "client_id") if name in one}
        for one in messages
    ]
    assert extra == [{"edited": True}, {"deleted": True}, {"origin": "other_app"}]
    assert messages[0]["attachments"] == [
        {"type": "location", "title": "Here", "url": None, "latitude": 45.5, "longitude": 9.25}
    ]


async def test_messages_are_paged_by_number(api: Api, office: Office) -> None:
    for _ in range(5):
        office.write()
    [row] = office.rows("conversations")
    path = f"/conversations/{row['id']}/messages"
    for query, seqs in [
        ("?after_seq=3", [4, 5]),
        ("?before_seq=3", [1, 2]),
        ("?after_seq=0&limit=2", [1, 2]),
        ("?limit=2", [4, 5]),
        ("?after_seq=2147483647", []),
    ]:
        body = (await api.get(path + query)).body
        assert ([one["seq"] for one in body["messages"]], body["last_seq"]) == (seqs, 5)


async def test_a_reply_is_written_once(api: Api, conversation_id: ConversationId) -> None:
    path = f"/conversations/{conversation_id}/messages"
    words = {"text": "Hi", "client_id": "c1"}
    first, again = await api.post(path, words), await api.post(path, words)
    other = await api.post(path, {**words, "text": "Something else"})
    assert (first.status, again.status, other.status) == (201, 200, 409)
    assert first.body == again.body
    assert other.code == "client_id_used"


async def test_a_long_reply_is_taken_and_a_longer_one_refused(
    api: Api, conversation_id: ConversationId
) -> None:
    path = f"/conversations/{conversation_id}/messages"
    for length, status in [(2_001, 201), (4_000, 201), (4_001, 422)]:
        words = {"text": "\N{GRINNING FACE}" * length, "client_id": f"c{length}"}
        assert (await api.post(path, words)).status == status


async def test_after_the_window_there_is_a_reason_and_no_delivery(
    api: Api, office: Office, conversation_id: ConversationId
) -> None:
    office.pass_time(24 * 3600)
    path = f"/conversations/{conversation_id}/messages"
    reply = await api.post(path, {"text": "Hi", "client_id": "c1"})
    assert (reply.status, reply.code) == (409, "window_closed")
    office.work()
    assert office.channel.texts == []


async def test_after_the_window_a_reply_may_go_by_mail(
    api: Api, office: Office, conversation_id: ConversationId
) -> None:
    office.set_rules(follow_up_delay=timedelta(minutes=2))
    path = f"/conversations/{conversation_id}/messages"
    words = {"text": "Hi", "client_id": "c1", "mail": True}
    refused = await api.post(path, words)
    assert (refused.status, refused.code) == (409, "not_mailed")
    office.receive(EmailGiven(ADA, office.now))
    office.pass_time(24 * 3600)
    first, again = await api.post(path, words), await api.post(path, words)
    assert (first.status, again.status) == (201, 200)
    assert first.body == again.body
    [order] = office.rows("outbox", kind="follow_up")
    assert order["payload"] == {"by_hand": True}
    listed = (await api.get(path)).body["messages"]
    assert [(one["text"], one["origin"]) for one in listed if "origin" in one] == [("Hi", "mail")]


async def test_a_note_is_never_mailed(api: Api, conversation_id: ConversationId) -> None:
    words = {"text": "Hi", "client_id": "c1", "note": True, "mail": True}
    reply = await api.post(f"/conversations/{conversation_id}/messages", words)
    assert (reply.status, reply.code) == (422, "invalid")


async def test_another_app_has_the_conversation(
    api: Api, office: Office, conversation_id: ConversationId
) -> None:
    office.receive(ThreadTaken(office.now))
    path = f"/conversations/{conversation_id}/messages"
    reply = await api.post(path, {"text": "Hi", "client_id": "c1"})
    assert (reply.status, reply.code) == (409, "owned_elsewhere")


@pytest.mark.parametrize("options", [{}, {"json": {}}])
async def test_asking_by_hand_is_possible_once(
    api: Api, office: Office, conversation_id: ConversationId, options: dict[str, object]
) -> None:
    path = f"/conversations/{conversation_id}/capture"
    first = await api.call("POST", path, **options)
    assert (first.status, first.body["capture"]["state"]) == (200, "scheduled")
    office.work()
    second = await api.call("POST", path, **options)
    assert (second.status, second.code) == (409, "not_asked")
    assert second.body["error"]["message"] == "The visitor has been asked once."


async def test_a_stale_version_is_refused_with_the_fresh_state(
    api: Api, conversation_id: ConversationId
) -> None:
    path = f"/conversations/{conversation_id}"
    seen = (await api.get(path)).body["version"]
    first = await api.patch(path, {"assignee": "Ida@shop.example", "version": seen})
    second = await api.patch(path, {"status": "closed", "version": seen})
    assert (first.status, first.body["assignee"]) == (200, "ida@shop.example")
    assert (second.status, second.code) == (409, "stale_version")
    assert second.body["conversation"] == first.body == (await api.get(path)).body
    again = {"status": "closed", "assignee": None, "version": first.body["version"]}
    last = (await api.patch(path, again)).body
    assert (last["status"], last["assignee"], last["waiting_since"]) == ("closed", None, None)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"status": "closed"},
        {"status": "open", "version": "1"},
        {"status": "snoozed", "version": 1},
        {"assignee": 7, "version": 1},
        {"assignee": "eve@elsewhere.example", "version": 1},
        {"assignee": "none", "version": 1},
        {"assignee": "", "version": 1},
        {"version": True},
    ],
)
async def test_a_patch_that_makes_no_sense_is_refused(
    api: Api, conversation_id: ConversationId, body: dict[str, object]
) -> None:
    reply = await api.patch(f"/conversations/{conversation_id}", body)
    assert reply.status == 422
