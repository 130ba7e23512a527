"""The mailbox is looked into every half minute, by one worker at a time."""

from collections.abc import Iterator

import pytest

from bot.follow_ups.answers import AnswerDesk
from bot.follow_ups.reader import EVERY, MailReader
from tests.imap_server import FakeMailbox, running_mailbox
from tests.letters import answer
from tests.mailroom import MailRoom


@pytest.fixture
def box() -> Iterator[FakeMailbox]:
    with running_mailbox() as box:
        yield box


def reader(room: MailRoom, box: FakeMailbox) -> MailReader:
    office = room.office
    desk = AnswerDesk(
        office.database,
        lambda: office.rules,
        room.doorbell,
        lambda: office.now,
        "reply@shop.example",
    )
    return MailReader(office.database, box.mailbox, desk, lambda: office.now)


def test_an_answer_in_the_mailbox_comes_into_the_conversation(
    room: MailRoom, box: FakeMailbox
) -> None:
    box.put(answer(str(room.follow_up()["Reply-To"])))
    assert reader(room, box).work() == 1
    assert room.office.rows("messages")[-1]["text"] == "Monday is fine."
    assert box.seen == {1}


def test_of_several_workers_one_looks_and_not_too_often(room: MailRoom, box: FakeMailbox) -> None:
    assert reader(room, box).work() == 0
    assert reader(room, box).work() is None
    room.office.pass_time(EVERY.total_seconds())
    assert reader(room, box).work() == 0
    assert box.logins == 2


def test_a_wrong_password_is_tried_once_until_it_is_another(
    room: MailRoom, box: FakeMailbox, caplog: pytest.LogCaptureFixture
) -> None:
    box.password = "wrong"  # noqa: S105 - of this test only
    for _ in range(3):
        assert reader(room, box).work() is None
        room.office.pass_time(600)
    assert box.logins == 1
    assert caplog.text.count("mailbox not read") == 1
    box.password = "hush"  # noqa: S105 - as above
    assert reader(room, box).work() == 0


def test_a_mailbox_that_is_away_is_tried_again(room: MailRoom, box: FakeMailbox) -> None:
    port, box.port = box.port, 1
    assert reader(room, box).work() is None
    box.port = port
    assert reader(room, box).work() is None
    room.office.pass_time(60)
    assert reader(room, box).work() == 0
