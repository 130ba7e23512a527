"""Carrying out a deletion: who is meant is asked on the wire, then they are erased, or never."""

import pytest
import sqlalchemy as sa

from bot.core.arrivals import Fault
from bot.core.model import VisitorKey
from bot.desk import Desk
from bot.desk.types import API, Person
from bot.erasure import PATIENCE
from bot.ports.channels import Found
from bot.ports.errors import Cause, UndeliverableError
from bot.storage.outbox.due import LEASE
from bot.storage.outbox.rows import Work
from bot.storage.visitors.batch import Batch
from channels.messenger.people import MessengerPeople
from channels.meta.app import MetaApp
from channels.meta.graph import GraphAddress
from tests.bot.traces import traces
from tests.bot.web.deletions import (
    APP,
    DONE,
    FAILED,
    NOTHING,
    OLDER_SECRET,
    OTHER_APP,
    OTHER_PAGE,
    OTHER_SECRET,
    PENDING,
    Client,
    ask,
    look,
)
from tests.factories import ADA, BOB
from tests.fake_graph import FakeGraph
from tests.graph_behaviours import answer, in_turn, refuse
from tests.office import ANN, BEN, PAGE, Office
from tests.races import at_once
from tests.signed_requests import SECRET, SOMEBODY, sign


async def test_a_prompt_that_fails_as_the_person_is_erased_writes_nothing(
    client: Client, asked: Office
) -> None:
    elsewhere = VisitorKey("messenger", OTHER_PAGE, "else")
    asked.write("the same person", elsewhere)
    asked.work()
    asked.pass_time(60)
    await ask(client)
    jobs = {(job.row.kind, job.row.account): job for job in asked.claim()}
    prompt, deletion = jobs[Work.CAPTURE_PROMPT, OTHER_PAGE], jobs[Work.DELETE_PERSON, APP]
    gone = UndeliverableError("Gone.", Cause.RECIPIENT_GONE)
    asked.settle((deletion, Found((elsewhere, ANN))), (prompt, gone))
    asked.forget()
    assert not traces(asked, "'ann'", "'else'", "the same person")


async def test_the_web_asks_graph_nothing(client: Client, graph: FakeGraph) -> None:
    await ask(client)
    assert not graph.requests


async def test_the_app_that_was_asked_is_the_one_that_asks(
    client: Client, asked: Office, graph: FakeGraph
) -> None:
    await ask(client, sign(OTHER_SECRET))
    asked.work()
    [call] = graph.requests
    assert (call.token, call.query["page"]) == (f"{OTHER_APP}|{OTHER_SECRET}", "3003")


@pytest.mark.parametrize("secret", [SECRET, OLDER_SECRET])
async def test_every_page_of_the_app_is_asked_about(
    client: Client, asked: Office, graph: FakeGraph, secret: str
) -> None:
    await ask(client, sign(secret))
    asked.work()
    assert [call.query["page"] for call in graph.requests] == [PAGE, OTHER_PAGE]


async def test_the_id_is_kept_no_longer_than_it_is_needed(client: Client, asked: Office) -> None:
    await ask(client)
    assert set(traces(asked, SOMEBODY)) == {"outbox"}
    asked.work()
    assert not traces(asked, SOMEBODY)


async def test_a_look_up_that_fails_is_tried_again_for_as_long_as_it_takes(
    client: Client, asked: Office, graph: FakeGraph
) -> None:
    graph.answers[SOMEBODY] = refuse(2, status=500)
    code = (await ask(client))["confirmation_code"]
    for _ in range(60):
        asked.work()
        asked.pass_time(3600)
    assert await look(client, code) == PENDING
    assert asked.count("visitors") == 2
    graph.answers.clear()
    asked.work()
    assert await look(client, code) == DONE


async def test_half_an_answer_erases_nobody(
    client: Client, asked: Office, graph: FakeGraph
) -> None:
    fine = answer({"data": [{"id": ANN.external_id}]})
    graph.answers[SOMEBODY] = in_turn(fine, refuse(2, status=500), fine)
    await ask(client)
    asked.work()
    assert asked.count("visitors") == 2
    asked.pass_time(10)
    asked.work()
    assert asked.count("visitors") == 1


async def test_after_thirty_days_it_has_failed_and_says_so(
    client: Client, asked: Office, graph: FakeGraph, caplog: pytest.LogCaptureFixture
) -> None:
    graph.dead_tokens.add(f"{APP}|{SECRET}")
    code = (await ask(client))["confirmation_code"]
    asked.work()
    asked.pass_time(PATIENCE.total_seconds())
    asked.work()
    assert await look(client, code) == FAILED
    assert "deletion request failed" in [record.getMessage() for record in caplog.records]
    assert not traces(asked, SOMEBODY)


async def test_a_refused_secret_costs_one_try_until_there_is_another(
    client: Client, asked: Office, graph: FakeGraph
) -> None:
    graph.dead_tokens.add(f"{APP}|{SECRET}")
    first, second = await ask(client), await ask(client, sign(issued_at=1_767_614_401))
    for _ in range(5):
        asked.work()
        asked.pass_time(3600)
    assert len(graph.requests) == 1
    graph.dead_tokens.clear()
    asked.fingerprints["messenger", APP] = "new"
    asked.work()
    states = {await look(client, each["confirmation_code"]) for each in (first, second)}
    assert states == {DONE, NOTHING}


async def test_without_the_apps_id_the_request_waits_for_it(
    client: Client, asked: Office, apps: list[MetaApp], graph: FakeGraph
) -> None:
    address = GraphAddress(graph.url)
    apps[0] = MetaApp((SECRET,), None, {PAGE: "t1"}, address)
    asked.people["messenger"] = MessengerPeople(apps)
    code = (await ask(client))["confirmation_code"]
    asked.work()
    assert await look(client, code) == PENDING
    assert not graph.requests
    apps[0] = MetaApp((SECRET,), APP, {PAGE: "t1"}, address)
    asked.people["messenger"] = MessengerPeople(apps)
    asked.pass_time(3600)
    asked.work()
    assert await look(client, code) == DONE


async def test_six_workers_look_somebody_up_once(
    client: Client, asked: Office, graph: FakeGraph
) -> None:
    await ask(client, sign(OTHER_SECRET))
    at_once([asked.worker().work for _ in range(6)])
    assert len(graph.requests) == 1


async def test_a_worker_that_dies_is_followed_by_another(client: Client, asked: Office) -> None:
    code = (await ask(client))["confirmation_code"]
    assert asked.claim()
    asked.work()
    assert await look(client, code) == PENDING
    asked.pass_time(LEASE.total_seconds())
    asked.work()
    asked.pass_time(2)
    asked.work()
    assert await look(client, code) == DONE


async def test_a_contact_that_came_from_the_person_alone_goes_too(
    client: Client, asked: Office
) -> None:
    asked.write(ADA)
    asked.write(f"sorry, I meant {BOB}")
    assert asked.count("contacts") == 2
    await ask(client)
    asked.work()
    assert not asked.rows("contacts")


async def test_a_contact_that_others_are_too_stays(client: Client, asked: Office) -> None:
    asked.write(ADA)
    asked.write(ADA, BEN)
    await ask(client)
    asked.work()
    [contact] = asked.rows("contacts")
    [visitor] = asked.rows("visitors")
    assert visitor["contact_id"] == contact["id"]


async def test_a_contact_that_was_there_before_stays(
    client: Client, asked: Office, desk: Desk
) -> None:
    desk.contacts.create(Person(ADA), API)
    asked.pass_time(1)
    asked.write(ADA)
    await ask(client)
    asked.work()
    assert asked.count("contacts") == 1


async def test_dead_letters_are_read_before_anything_is_held(
    client: Client, asked: Office, graph: FakeGraph
) -> None:
    with asked.database.write() as connection:
        batch = Batch(connection, asked.now)
        for number in range(40):
            sender = ANN.external_id if number % 2 else "somebody else"
            raw = f'{{"id":"{sender}","number":{number}}}'
            batch.add_fault("messenger", Fault(raw.encode(), "not_json"))
        batch.save()
    looks = []

    def note(connection: sa.Connection, _: object, statement: str, *__: object) -> None:
        if "dead_letters.raw" in statement:
            looks.append(bool(connection.get_execution_options().get("read_only")))

    sa.event.listen(asked.database.engine, "before_cursor_execute", note)
    await ask(client)
    asked.work()
    sa.event.remove(asked.database.engine, "before_cursor_execute", note)
    assert set(looks) == {True}
    assert asked.count("dead_letters") == 20
