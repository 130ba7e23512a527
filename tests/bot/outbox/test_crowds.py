"""Much that is due at once: what it costs, who goes first, and who waits for whom."""

import threading
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from bot.core.model import VisitorKey
from bot.outbox.claiming import AnyJob
from bot.ports.channels import Outgoing, Receipt
from bot.storage.visitors.visitor_states import lock_visitor_states
from tests.office import ANN, BEN, PAGE, Office

HELD_UP = 10  # seconds that a test waits for what must come


def crowd(count: int, name: str = "p") -> list[VisitorKey]:
    return [VisitorKey("messenger", PAGE, f"{name}{number}") for number in range(count)]


def statements(office: Office, work: Callable[[], object]) -> int:
    """Count what goes to the database; that which is sent for many rows at once counts once."""
    asked: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        asked.append(statement)

    sa.event.listen(office.database.engine, "before_cursor_execute", note)
    work()
    sa.event.remove(office.database.engine, "before_cursor_execute", note)
    return len(asked)


def cost_of_prompts(office: Office, count: int) -> tuple[int, int]:
    """Say what it takes to claim so many prompts, and to settle them."""
    for person in crowd(count, f"of{count}_"):
        office.write(place=person)
    office.work()
    office.pass_time(60)
    jobs: list[AnyJob] = []

    def settle() -> None:
        office.settle(*((job, Receipt(f"key {job.row.id}")) for job in jobs))

    taking = statements(office, lambda: jobs.extend(office.claim()))
    settling = statements(office, settle)
    assert len(jobs) == count
    assert {row["state"] for row in office.rows("outbox")} == {"sent"}
    assert office.count("messages", delivery="sent") >= count
    return taking, settling


def test_many_are_taken_and_settled_by_as_many_statements_as_two(office: Office) -> None:
    cost_of_prompts(office, 1)  # proves that the page can be spoken through
    assert cost_of_prompts(office, 2) == cost_of_prompts(office, 50)


def test_an_agents_reply_leaves_before_a_crowd_of_prompts_that_are_due(office: Office) -> None:
    for person in crowd(50):
        office.write(place=person)
    office.work()
    office.pass_time(90)
    office.reply(place=crowd(50)[-1])
    office.work()
    assert office.channel.texts[0] == "Here I am"
    assert len(office.channel.sent) == 50


def test_two_workers_send_each_of_a_crowd_once(office: Office) -> None:
    people = crowd(150)
    for person in people:
        office.write(place=person)
    office.work()
    office.pass_time(60)
    workers = [threading.Thread(target=office.worker().work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(to.external_id for to, _ in office.channel.sent) == sorted(
        person.external_id for person in people
    )
    assert {row["state"] for row in office.rows("outbox")} == {"sent"}


@pytest.fixture
def talking(office: Office) -> Office:
    """Ann and Ben have written, and nothing but agents' replies is of interest."""
    office.set_rules(enabled=False)
    for place in (ANN, BEN):
        office.write(place=place)
    office.work()
    return office


def test_nobody_waits_for_a_visitor_whom_somebody_else_holds(talking: Office) -> None:
    if not talking.database.is_postgresql:
        pytest.skip("on SQLite there is one writer at a time")
    for place in (ANN, BEN):
        talking.reply(f"to {place.external_id}", place)
    is_held, may_let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with talking.database.write() as connection:
            lock_visitor_states(connection, [ANN])
            is_held.set()
            assert may_let_go.wait(HELD_UP)

    def answer(_to: VisitorKey, _message: Outgoing) -> None:
        may_let_go.set()

    talking.channel.answer = answer
    holder = threading.Thread(target=hold)
    holder.start()
    assert is_held.wait(HELD_UP)
    talking.work()
    holder.join()
    assert talking.channel.texts == ["to ben", "to ann"]


def test_one_that_takes_long_hides_nothing_that_falls_due_meanwhile(talking: Office) -> None:
    reached_ben = threading.Event()

    def answer(to: VisitorKey, _message: Outgoing) -> None:
        if to == BEN:
            reached_ben.set()
            return
        talking.reply("to Ben", BEN)
        assert reached_ben.wait(HELD_UP)

    talking.channel.answer = answer
    talking.reply("to Ann")
    talking.work()
    assert talking.channel.texts == ["to Ann", "to Ben"]
    assert {row["state"] for row in talking.rows("outbox", kind="deliver")} == {"sent"}
