"""The mailbox is read by a row that recurs."""

import socket
from collections.abc import Iterator

import pytest

from bot.mail.parser import MailParser
from bot.outbox.handlers.mailbox import MailboxHandler
from bot.outbox.lane import Lane
from bot.outbox.running import LaneThread
from bot.wiring.lanes import upkeep_lane
from tests.bot.edge.test_child_process import until
from tests.bot.outbox.recurring import RecurringBench, RecurringConformance
from tests.imap_server import FakeMailbox, running_mailbox
from tests.letters import answer
from tests.mailroom import DELAY, MailRoom, answer_desk


class MailboxBench(RecurringBench):
    """A mailbox on this machine."""

    box: FakeMailbox

    @property
    def handler(self) -> MailboxHandler:
        return MailboxHandler(self.box.mailbox, answer_desk(self.office), MailParser())

    def done(self) -> int:
        return self.box.logins


@pytest.fixture(autouse=True)
def box() -> Iterator[FakeMailbox]:
    with running_mailbox() as box:
        MailboxBench.box = box
        yield box


class TestMailbox(RecurringConformance):
    """Every half minute."""

    workbench = MailboxBench


def test_an_answer_in_the_mailbox_comes_into_the_conversation(
    room: MailRoom, box: FakeMailbox
) -> None:
    box.put(answer(str(room.follow_up()["Reply-To"])))
    MailboxBench(room.office).work()
    assert room.office.rows("messages")[-1]["text"] == "Monday is fine."
    assert box.seen == {1}


def test_a_server_that_hangs_keeps_no_mail_from_leaving(room: MailRoom, box: FakeMailbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        box.port = silent.getsockname()[1]
        engine, handler = room.office.engine(), MailboxBench(room.office).handler
        lane = LaneThread(Lane(engine, upkeep_lane([handler], {})))
        lane.start()
        hanging, _ = silent.accept()
        room.reply(room.come())
        room.wait(DELAY)
        assert room.post.mails
        hanging.close()
        until(lambda: room.office.rows("outbox", kind="read_mailbox")[0]["state"] == "pending")
        lane.close()
