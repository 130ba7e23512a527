"""Rows at which we fail: they hurt no other row, wait, and are dead in the end."""

import threading
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from bot.core.model import CaptureState, VisitorKey
from bot.outbox.faults import OUR_FAULT
from bot.ports.channels import Outgoing
from bot.ports.errors import UndeliverableError
from bot.ports.signals import ChangeSignal
from bot.storage.tables import conversations, outbox
from tests.fakes import QuietDoorbell
from tests.office import ANN, BEN, PAGE, Office

HOUR = 3600
CAM = VisitorKey("messenger", PAGE, "cam")


@pytest.fixture
def talking(office: Office) -> Office:
    """Ann and Ben have written, and are to be answered."""
    office.set_rules(enabled=False)
    for place in (ANN, BEN):
        office.write(place=place)
    office.work()
    for place in (ANN, BEN):
        office.reply(f"to {place.external_id}", place)
    return office


def spoil_payload(office: Office) -> None:
    _change_first(office, payload=["no", "object"])


def spoil_kind(office: Office) -> None:
    _change_first(office, kind="dance")


def _change_first(office: Office, **changes: object) -> None:
    [first, *_] = office.rows("outbox", kind="deliver")
    with office.database.write() as connection:
        connection.execute(sa.update(outbox).where(outbox.c.id == first["id"]).values(**changes))


def keep_failing(office: Office) -> None:
    """Let the time pass after which nobody believes any more that it helps to wait."""
    for _ in range(30):
        office.work()
        office.pass_time(300)


@pytest.mark.parametrize("spoil", [spoil_payload, spoil_kind])
def test_a_row_that_can_not_be_taken_stops_no_other(
    talking: Office, spoil: Callable[[Office], None]
) -> None:
    spoil(talking)
    talking.work()
    assert talking.channel.texts == ["to ben"]


def test_a_row_that_can_never_be_taken_is_dead_in_the_end_and_says_so(talking: Office) -> None:
    spoil_payload(talking)
    keep_failing(talking)
    [row] = talking.rows("outbox", state="dead")
    assert row["reason"] == OUR_FAULT
    [message] = talking.rows("messages", id=row["message_id"])
    assert (message["delivery"], message["delivery_error"]) == ("failed", OUR_FAULT)


def test_a_fault_of_ours_that_is_mended_in_time_has_cost_nothing(talking: Office) -> None:
    spoil_payload(talking)
    talking.work()
    _change_first(talking, payload=None)
    talking.pass_time(10)
    talking.work()
    assert talking.channel.texts == ["to ben", "to ann"]


def test_a_prompt_that_can_not_be_taken_asks_nothing_in_the_end(office: Office) -> None:
    for place in (ANN, BEN):
        office.write(place=place)
    office.work()
    office.pass_time(60)
    with office.database.write() as connection:
        [talk, _] = office.rows("conversations")
        spoiled = {"capture_state": "confused"}
        this = conversations.c.id == talk["id"]
        connection.execute(sa.update(conversations).where(this).values(**spoiled))
    keep_failing(office)
    assert [to for to, _ in office.channel.sent] == [BEN]
    assert office.conversation(ANN).capture.state is CaptureState.SKIPPED
    assert office.conversation(ANN).capture.reason == OUR_FAULT


def test_many_bad_rows_among_many_good_ones_stop_none_of_these(office: Office) -> None:
    office.set_rules(enabled=False)
    people = [VisitorKey("messenger", PAGE, f"p{number}") for number in range(40)]
    for person in people:
        office.write(place=person)
    office.work()
    for person in people:
        office.reply(place=person)
    with office.database.write() as connection:
        bad = sa.and_(outbox.c.kind == "deliver", outbox.c.id % 4 == 0)
        count = connection.execute(sa.update(outbox).where(bad).values(payload=["odd"])).rowcount
    office.work()
    assert count
    assert len(office.channel.sent) == 40 - count


class PatientDoorbell(QuietDoorbell):
    """Is told of the first outcome only when all others are there as well."""

    def __init__(self) -> None:
        super().__init__()
        self.may_go_on = threading.Semaphore(0)

    def hint(self, *hints: ChangeSignal) -> None:
        if hints and not self.hints:
            for _ in range(2):
                assert self.may_go_on.acquire(timeout=10)
        super().hint(*hints)


def test_an_outcome_that_can_not_be_written_down_hurts_no_other(talking: Office) -> None:
    doorbell = PatientDoorbell()
    talking.doorbell = doorbell
    talking.write(place=CAM)
    talking.reply(place=CAM)

    def answer(to: VisitorKey, _message: Outgoing) -> None:
        if to != CAM:
            doorbell.may_go_on.release()
        if to == ANN:
            reason, cause = "Odd.", "no cause that we know"
            raise UndeliverableError(reason, cause)  # type: ignore[arg-type] # that is the point

    talking.channel.answer = answer
    talking.work()
    talking.pass_time(HOUR)
    talking.work()
    states = [row["state"] for row in talking.rows("outbox", kind="deliver")]
    assert states == ["unknown", "sent", "sent"]


def test_faults_of_ours_pause_no_account(talking: Office) -> None:
    def answer(_to: VisitorKey, message: Outgoing) -> None:
        if message.text == "odd":
            msg = "a fault of ours"
            raise TypeError(msg)

    talking.channel.answer = answer
    people = [VisitorKey("messenger", PAGE, f"p{number}") for number in range(6)]
    for person in people:
        talking.write(place=person)
    talking.work()
    for person in people:
        talking.reply("odd", person)
        talking.work()
    talking.reply("at once", people[0])
    talking.work()
    assert talking.channel.texts[-1] == "at once"
    assert [row["state"] for row in talking.rows("accounts")] == ["ok"]
    assert not talking.rows("stops")


def test_what_can_not_be_given_back_hides_no_row_behind_it(talking: Office) -> None:
    talking.claim()
    with talking.database.write() as connection:
        [talk, _] = talking.rows("conversations")
        this = conversations.c.id == talk["id"]
        connection.execute(sa.update(conversations).where(this).values(capture_state="confused"))
    talking.pass_time(HOUR)
    talking.work()
    held, given_back = talking.rows("outbox", kind="deliver")
    assert (held["state"], given_back["state"]) == ("sending", "unknown")
    assert held["lease_until"] > talking.now
