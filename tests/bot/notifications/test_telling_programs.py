"""What programs are sent, how they can tell that it is from us, and when it ends."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from bot.core.events import EmailGiven
from bot.edge.ssrf_guard import GuardedClient
from bot.outbox.running import LaneThread
from bot.storage.forgetting.erasing import Erasure, erase_places
from bot.storage.outbox.announcements import Announcement, announce
from bot.storage.team.webhook_endpoints import (
    EndpointState,
    find_endpoint,
    list_deliveries,
    list_endpoints,
    redeliver,
    switch_endpoint,
)
from config.rules import ConsentMode
from tests.bot.notifications.bureau import SLACK, Bureau
from tests.office import ANN, BEN
from tests.targets import Received, Target, Wire, running_target, unused_port

EVENTS = (
    "conversation.created",
    "message.created",
    "visitor.asked",
    "contact.created",
    "contact.associated",
)


@pytest.fixture
def target() -> Iterator[Target]:
    with running_target() as serving:
        yield serving


def told(target: Target) -> list[dict[str, Any]]:
    return [json.loads(one.body) for one in target.received]


def is_signed(received: Received, secret: str) -> bool:
    """Check as the programs' own libraries do: by what Standard Webhooks says, not by our code."""
    headers = received.headers
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + received.body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return headers["webhook-signature"] == f"v1,{expected}"


def test_a_program_is_told_what_it_asked_for(bureau: Bureau, target: Target) -> None:
    secret = bureau.add_program(f"{target.url}/hook", *EVENTS)
    bureau.office.set_rules(enabled=True)
    bureau.write("Hello, it is me")
    bureau.office.receive(EmailGiven("ada@example.com", bureau.now))
    bureau.work()
    events = {one["type"]: one["data"] for one in told(target)}
    assert set(events) == set(EVENTS) - {"visitor.asked"}
    [talk] = bureau.office.rows("conversations")
    message = next(one["data"] for one in told(target) if one["type"] == "message.created")
    assert message["message"]["text"] == "Hello, it is me"
    assert message["conversation"]["id"] == talk["id"]
    assert events["contact.created"]["contact"]["email"] == "ada@example.com"
    assert all(one.path == "/hook" and is_signed(one, secret) for one in target.received)


def test_a_program_hears_of_a_consent_and_of_its_end(bureau: Bureau, target: Target) -> None:
    bureau.add_program(target.url, "consent.given", "consent.withdrawn")
    bureau.office.set_rules(enabled=True, consent=ConsentMode.REQUIRED)
    bureau.write("ada@example.com")
    bureau.write("yes")
    bureau.work()
    bureau.write("I withdraw my consent")
    bureau.work()
    given, ended = told(target)
    assert [given["type"], ended["type"]] == ["consent.given", "consent.withdrawn"]
    [kept] = bureau.office.rows("consents")
    consent = given["data"]["consent"]
    assert (consent["text"], consent["withdrawn_at"]) == (kept["text"], None)
    assert ended["data"]["consent"]["withdrawn_at"]
    assert ended["data"]["conversation"]["id"] == bureau.office.rows("conversations")[0]["id"]


def test_a_program_hears_that_a_visitor_was_asked(bureau: Bureau, target: Target) -> None:
    bureau.add_program(target.url, "visitor.asked")
    bureau.office.set_rules(enabled=True)
    bureau.write()
    bureau.office.pass_time(60)
    bureau.office.work()
    bureau.work()
    assert [one["type"] for one in told(target)] == ["visitor.asked"]
    assert told(target)[0]["data"]["message"]["kind"] == "capture_prompt"


def test_a_program_is_not_told_what_it_did_not_ask_for(bureau: Bureau, target: Target) -> None:
    bureau.add_program(target.url, "contact.created")
    bureau.write()
    assert not target.received


def test_every_message_is_told_once(bureau: Bureau, target: Target) -> None:
    bureau.add_program(target.url, "message.created")
    bureau.office.receive_all([bureau.office.arrival(f"{number}") for number in range(25)])
    bureau.work()
    texts = sorted(int(one["data"]["message"]["text"]) for one in told(target))
    assert texts == list(range(25))
    assert len({one.headers["webhook-id"] for one in target.received}) == 25


def test_a_refusal_is_tried_again_with_the_same_id(bureau: Bureau, target: Target) -> None:
    bureau.add_program(target.url, "message.created")
    target.behaviour = lambda wire: wire.answer(500)
    bureau.write()
    bureau.pass_time(40)
    target.behaviour = lambda wire: wire.answer(204)
    bureau.pass_time(600)
    ids = [one.headers["webhook-id"] for one in target.received]
    assert len(ids) == 3
    assert len(set(ids)) == 1
    [row] = bureau.errands("webhook")
    assert row["state"] == "sent"


def test_a_program_that_never_takes_it_is_given_up(bureau: Bureau, target: Target) -> None:
    bureau.add_program(target.url, "message.created")
    target.behaviour = lambda wire: wire.answer(500)
    bureau.write()
    for _ in range(14):
        bureau.office.pass_time(6 * 3_600)
        bureau.work()
    [row] = bureau.errands("webhook")
    assert (row["state"], row["reason"]) == ("expired", "The target refused it (500).")


def test_a_redirect_is_not_followed(bureau: Bureau, target: Target) -> None:
    bureau.add_program(target.url, "message.created")
    with running_target() as inside:
        target.behaviour = lambda wire: wire.answer(301, Location=inside.url)
        bureau.write()
    assert not inside.received
    [row] = bureau.errands("webhook")
    assert (row["state"], row["attempts"]) == ("pending", 1)


def test_a_program_that_is_gone_is_stopped_and_gets_all_when_it_is_back(
    bureau: Bureau, target: Target
) -> None:
    bureau.add_program(target.url, "message.created")
    target.behaviour = lambda wire: wire.answer(410)
    bureau.write(place=ANN)
    bureau.write(place=BEN)
    assert len(target.received) == 1
    [stop] = bureau.office.rows("stops")
    assert (stop["cause"], stop["ended_at"]) == ("gone", None)
    assert "410" in stop["reason"]
    bureau.pass_time(60)  # looked at: still gone
    assert len(target.received) == 2
    target.behaviour = lambda wire: wire.answer(200)
    bureau.pass_time(300)
    assert [row["state"] for row in bureau.errands("webhook")] == ["sent"] * 2
    titles = bureau.recorder.to(SLACK)
    about = [title.partition(":")[0] for title in titles if "webhook" in title]
    assert about == ["Stopped", "Works again"]


def test_a_program_that_an_admin_switches_off_is_stopped_no_more(
    bureau: Bureau, target: Target
) -> None:
    bureau.add_program(target.url, "message.created")
    target.behaviour = lambda wire: wire.answer(410)
    bureau.write(place=ANN)
    with bureau.office.database.write() as connection:
        [endpoint] = list_endpoints(connection)
        switch_endpoint(connection, endpoint.id, EndpointState.OFF, bureau.now)
    bureau.is_ours = lambda _connection, _key: False
    bureau.pass_time(61)
    [row] = bureau.errands("webhook")
    assert row["state"] == "cancelled"
    [stop] = bureau.office.rows("stops")
    assert stop["ended_at"]
    assert not any("Works again" in title for title in bureau.recorder.to(SLACK))


def test_an_endless_body_keeps_nobody(bureau: Bureau, target: Target) -> None:
    bureau.add_program(target.url, "message.created")
    target.behaviour = Wire.pour
    bureau.write()
    [row] = bureau.errands("webhook")
    assert row["state"] == "sent"
    assert target.poured < 20_000_000


def test_nobody_there_is_tried_again(bureau: Bureau) -> None:
    bureau.add_program(f"http://127.0.0.1:{unused_port()}", "message.created")
    bureau.write()
    [row] = bureau.errands("webhook")
    assert (row["state"], row["reason"]) == ("pending", "Nobody answers there.")


def test_a_private_address_is_never_reached(bureau: Bureau, target: Target) -> None:
    bureau.add_program(target.url.replace("http:", "https:"), "message.created")
    bureau.client = GuardedClient()
    bureau.write()
    assert not target.received
    [row] = bureau.errands("webhook")
    assert "private network" in row["reason"]


def test_what_is_erased_is_not_told(bureau: Bureau, target: Target) -> None:
    bureau.add_program(target.url, "message.created", "conversation.created")
    target.behaviour = lambda wire: wire.answer(500)
    bureau.write("My secret")
    before = len(target.received)
    with bureau.office.database.write() as connection:
        erase_places(connection, [ANN], Erasure("test", bureau.now))
    bureau.pass_time(3_600)
    assert len(target.received) == before
    bureau.office.forget()
    assert not bureau.errands("webhook")


def test_a_note_of_the_team_is_told_to_no_program(bureau: Bureau, target: Target) -> None:
    bureau.write()
    bureau.add_program(target.url, "message.created")
    with bureau.office.database.write() as connection:
        connection.exec_driver_sql("UPDATE messages SET kind = 'note'")
        [talk] = connection.exec_driver_sql("SELECT id FROM messages").all()
        announce(connection, Announcement(messages=(talk.id,)), bureau.now)
    bureau.work()
    assert not target.received


def test_a_delivery_can_be_sent_once_more(bureau: Bureau, target: Target) -> None:
    bureau.add_program(target.url, "message.created")
    bureau.write()
    [program] = bureau.office.rows("webhook_endpoints")
    with bureau.office.database.write() as connection:
        endpoint = find_endpoint(connection, program["id"])
        assert endpoint
        [logged] = list_deliveries(connection, endpoint, 10)
        assert (logged.event, logged.state) == ("message.created", "sent")
        assert redeliver(connection, endpoint, logged.id, bureau.now)
    bureau.work()
    first, second = target.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body


def test_one_that_hangs_holds_up_nobody_else(bureau: Bureau, target: Target) -> None:
    with running_target(Wire.hang) as hanging:
        bureau.client = GuardedClient(bureau.client.guard)
        bureau.add_program(hanging.url, "message.created")
        bureau.add_program(target.url, "message.created")
        bureau.office.receive_all([bureau.office.arrival(f"{number}") for number in range(30)])
        lane = LaneThread(bureau.lane())
        lane.start()
        deadline = time.monotonic() + 8
        while len(target.received) < 30 and time.monotonic() < deadline:
            target.closing.wait(0.02)
        assert len(target.received) == 30
        assert len(hanging.received) <= 2
        hanging.closing.set()
        lane.close()
