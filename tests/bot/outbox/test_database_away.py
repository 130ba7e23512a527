"""A worker whose database goes away for a moment."""

import threading

import pytest

from bot.core.model import VisitorKey
from bot.ports.channels import Outgoing
from bot.ports.errors import UnavailableError
from tests.leaving import LeavingDatabase
from tests.office import ANN, BEN, Office


@pytest.fixture
def talking(leaving: LeavingDatabase) -> Office:
    """Ann and Ben have written and are to be answered."""
    office = Office(leaving)
    office.set_rules(enabled=False)
    for place in (ANN, BEN):
        office.write(place=place)
    office.work()
    for place in (ANN, BEN):
        office.reply(place=place)
    return office


def deliveries(office: Office) -> list[str]:
    return [row["state"] for row in office.rows("outbox", kind="deliver")]


def test_what_was_sent_is_written_down_when_the_database_is_back(
    talking: Office, leaving: LeavingDatabase
) -> None:
    def leave(_to: VisitorKey, _message: Outgoing) -> None:
        leaving.writes_to_miss = 2

    talking.channel.answer = leave
    talking.work()
    assert deliveries(talking) == ["sent", "sent"]


def test_what_is_under_way_is_written_down_though_nothing_new_can_be_taken(
    talking: Office, leaving: LeavingDatabase
) -> None:
    may_end = threading.Event()
    leaving.on_missed = may_end.set

    def answer(to: VisitorKey, _message: Outgoing) -> None:
        if to == ANN:
            leaving.reads_to_miss = 1
        else:
            assert may_end.wait(10)

    talking.channel.answer = answer
    talking.work()
    assert deliveries(talking) == ["sent", "sent"]


def test_a_worker_with_nothing_in_its_hands_says_that_the_database_is_away(
    talking: Office, leaving: LeavingDatabase
) -> None:
    worker = talking.worker()
    worker.work()
    leaving.reads_to_miss = 1
    with pytest.raises(UnavailableError):
        worker.work()
