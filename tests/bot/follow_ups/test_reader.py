"""The mailbox is looked into every half minute, by one worker at a time."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.edge.child_process import ChildProcess
from bot.follow_ups.answers import AnswerDesk
from bot.follow_ups.reader import EVERY, MailReader
from bot.follow_ups.rounds import MailRounds
from bot.mail.parser import MailParser
from bot.ports import UnavailableError
from bot.storage.tallies import DROPPED_MAILS, read_tally
from tests.bot.edge.test_child_process import until
from tests.bot.mail.test_parser import STUBBORN
from tests.imap_server import FakeMailbox, running_mailbox
from tests.leaving import LeavingDatabase
from tests.letters import answer
from tests.mail_server import PostOffice
from tests.mailroom import MailRoom
from tests.office import Office


class Rounds(threading.Event):
    """Lets time pass instead of waiting, and ends after so many rounds."""

    def __init__(self, office: Office, count: int) -> None:
        super().__init__()
        self.office = office
        self.count = count
        self.pauses: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout
        self.office.pass_time(timeout)
        self.pauses.append(timeout)
        if len(self.pauses) == self.count:
            self.set()
        return self.is_set()


@pytest.fixture
def box() -> Iterator[FakeMailbox]:
    with running_mailbox() as box:
        yield box


@pytest.fixture
def shaky(leaving: LeavingDatabase, post: PostOffice) -> MailRoom:
    """A mail room whose database may go away."""
    return MailRoom(Office(leaving), post)


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


def test_m01_what_belongs_to_no_conversation_is_counted_and_dropped(
    room: MailRoom, box: FakeMailbox
) -> None:
    for number in range(3):
        box.put(answer(f"reply+{number:032x}@shop.example", "x" * number * 300_000))
    looking = reader(room, box)
    for _ in range(2):
        looking.work()
        room.office.pass_time(EVERY.total_seconds())
    with room.office.database.read() as connection:
        assert read_tally(connection, DROPPED_MAILS) == 3
    assert box.seen == {1, 2, 3}
    assert room.office.rows("dead_letters") == []


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


def test_a_round_that_the_database_broke_off_waits_for_no_lease(
    shaky: MailRoom, leaving: LeavingDatabase, box: FakeMailbox
) -> None:
    box.put(answer(str(shaky.follow_up()["Reply-To"])))
    looking = reader(shaky, box)
    leaving.reads_to_miss = 1
    with pytest.raises(UnavailableError):
        looking.work()
    assert reader(shaky, box).work() is None  # the lease holds for others
    assert looking.work() == 1
    assert shaky.office.rows("messages")[-1]["text"] == "Monday is fine."


def test_while_the_database_breaks_rounds_off_they_become_rarer(
    shaky: MailRoom, leaving: LeavingDatabase, box: FakeMailbox
) -> None:
    box.put(answer(str(shaky.follow_up()["Reply-To"])))
    rounds = Rounds(shaky.office, 6)
    leaving.reads_to_miss = 5
    reader(shaky, box).run(rounds)
    assert rounds.pauses == [5, 10, 20, 30, 30, 5]
    assert (box.seen, box.logins) == ({1}, 6)


def test_a_stop_breaks_off_a_mail_that_holds_the_parser_and_leaves_it_unread(
    room: MailRoom, box: FakeMailbox
) -> None:
    box.put(answer(str(room.follow_up()["Reply-To"]), "sleep"))
    parser = MailParser(ChildProcess(STUBBORN, timedelta(seconds=60)))
    looking = reader(room, box)
    looking.desk = replace(looking.desk, parse=parser.read)
    rounds = MailRounds([looking.run], parser.stop)
    rounds.start()
    until(parser.child._lock.locked)  # noqa: SLF001 - nothing else shows that it is under way
    rounds.close()
    assert box.seen == set()
    assert room.office.rows("dead_letters") == []


def test_a_mail_that_stops_the_parser_is_fetched_once(room: MailRoom, box: FakeMailbox) -> None:
    to = str(room.follow_up()["Reply-To"])
    box.put(answer(to, "sleep"))
    box.put(answer(to, "Monday", key="next@example.com"))
    parser = MailParser(ChildProcess(STUBBORN, timedelta(seconds=0.5)))
    looking = reader(room, box)
    looking.desk = replace(looking.desk, parse=parser.read)
    assert looking.work() == 2
    parser.close()
    assert box.seen == {1, 2}
    assert [row["text"] for row in room.office.rows("messages")][-1] == "Monday"
