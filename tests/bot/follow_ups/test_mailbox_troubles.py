"""A mailbox that is away, refuses us, or holds what belongs to nobody."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.edge.child_process import ChildProcess
from bot.mail.parser import MailParser
from bot.mail.ways import MAILBOX
from bot.outbox.contract import Handler
from bot.outbox.handlers.looks import LookHandler
from bot.outbox.handlers.mailbox import MailboxHandler
from bot.outbox.lane import Lane
from bot.outbox.running import LaneThread
from bot.storage.operations.tallies import DROPPED_MAILS, read_tally
from bot.wiring.lanes import upkeep_lane
from tests.bot.edge.test_child_process import until
from tests.bot.mail.test_parser import STUBBORN
from tests.imap_server import FakeMailbox, running_mailbox
from tests.leaving import LeavingDatabase
from tests.letters import answer
from tests.mail_server import PostOffice
from tests.mailroom import MailRoom, answer_desk
from tests.office import Office


@pytest.fixture
def box() -> Iterator[FakeMailbox]:
    with running_mailbox() as box:
        yield box


def lane(room: MailRoom, box: FakeMailbox, parser: MailParser | None = None) -> Lane:
    parser, mailbox = parser or MailParser(), box.mailbox
    desk = replace(answer_desk(room.office), parse=parser.read)
    handlers: list[Handler[Any]] = [
        MailboxHandler(mailbox, desk, parser),
        LookHandler({MAILBOX: mailbox.knock}),
    ]
    plan = upkeep_lane(handlers, {MAILBOX: mailbox.fingerprint})
    return Lane(room.office.engine(), plan)


def test_what_belongs_to_no_conversation_is_counted_and_dropped(
    room: MailRoom, box: FakeMailbox
) -> None:
    for number in range(3):
        box.put(answer(f"reply+{number:032x}@shop.example", "x" * number * 300_000))
    looking = lane(room, box)
    for _ in range(2):
        looking.work()
        room.office.pass_time(30)
    with room.office.database.read() as connection:
        assert read_tally(connection, DROPPED_MAILS) == 3
    assert box.seen == {1, 2, 3}
    assert room.office.rows("dead_letters") == []


def test_a_wrong_password_is_tried_at_each_start_until_it_is_another(
    room: MailRoom, box: FakeMailbox, caplog: pytest.LogCaptureFixture
) -> None:
    box.password = "wrong"  # noqa: S105 - of this test only
    for _ in range(3):
        lane(room, box).work()
        room.office.pass_time(600)
    assert box.logins == 3
    assert caplog.text.count("account stopped") == 1
    box.password = "hush"  # noqa: S105 - as above
    put_answer(room, box)
    lane(room, box).work()
    assert box.seen == {1}
    assert [stop["ended_at"] is None for stop in room.office.rows("stops")] == [False]


def put_answer(room: MailRoom, box: FakeMailbox) -> None:
    box.put(answer(f"reply+{1:032x}@shop.example"))


@pytest.mark.parametrize("trouble", ["login", "folder", "for now"])
def test_a_mailbox_that_refused_us_and_takes_us_again_is_read_by_the_next_look(
    room: MailRoom, box: FakeMailbox, trouble: str
) -> None:
    box.folder = "Answers" if trouble == "folder" else "INBOX"
    words = {"login": "[AUTHENTICATIONFAILED] No", "for now": "[UNAVAILABLE] Not now"}
    box.login_refusal = words.get(trouble, "")
    looking = lane(room, box)
    for _ in range(60):
        looking.work()
        room.office.pass_time(20)
    [stop] = room.office.rows("stops")
    assert stop["cause"] == ("unreachable" if trouble == "for now" else "credentials")
    assert words.get(trouble, "no such folder") in stop["reason"]
    box.login_refusal = ""
    box.folders.add("Answers")
    put_answer(room, box)
    for _ in range(46):  # fifteen minutes, and a little
        looking.work()
        room.office.pass_time(20)
    assert box.seen == {1}
    [stop] = room.office.rows("stops")
    assert stop["ended_at"]


def test_a_mailbox_that_is_away_is_tried_again(room: MailRoom, box: FakeMailbox) -> None:
    port, box.port = box.port, 1
    for _ in range(20):
        lane(room, box).work()
        room.office.pass_time(5)
    box.port = port
    room.office.pass_time(60)
    lane(room, box).work()
    assert box.logins == 1


def test_a_look_that_the_database_broke_off_is_taken_up_soon(
    post: PostOffice, leaving: LeavingDatabase, box: FakeMailbox
) -> None:
    room = MailRoom(Office(leaving), post)
    box.put(answer(str(room.follow_up()["Reply-To"])))
    looking = lane(room, box)
    looking.work()
    box.seen.clear()
    box.put(answer(str(room.post.mail["Reply-To"]), "Tuesday", key="next@example.com"))
    room.office.pass_time(30)
    box.on_fetch = lambda: setattr(leaving, "reads_to_miss", 1)
    looking.work()
    assert box.seen == set()
    box.on_fetch = lambda: None
    room.office.pass_time(5)
    looking.work()
    assert [row["text"] for row in room.office.rows("messages")][-1] == "Tuesday"


def test_a_stop_breaks_off_a_mail_that_holds_the_parser_and_leaves_it_unread(
    room: MailRoom, box: FakeMailbox
) -> None:
    box.put(answer(str(room.follow_up()["Reply-To"]), "sleep"))
    parser = MailParser(ChildProcess(STUBBORN, timedelta(seconds=60)))
    thread = LaneThread(lane(room, box, parser))
    thread.start()
    until(parser.child._lock.locked)  # noqa: SLF001 - nothing else shows that it is under way
    thread.close()
    assert box.seen == set()
    assert room.office.rows("dead_letters") == []


def test_a_mail_that_stops_the_parser_is_fetched_once(room: MailRoom, box: FakeMailbox) -> None:
    to = str(room.follow_up()["Reply-To"])
    box.put(answer(to, "sleep"))
    box.put(answer(to, "Monday", key="next@example.com"))
    parser = MailParser(ChildProcess(STUBBORN, timedelta(seconds=0.5)))
    lane(room, box, parser).work()
    parser.close()
    assert box.seen == {1, 2}
    assert [row["text"] for row in room.office.rows("messages")][-1] == "Monday"
