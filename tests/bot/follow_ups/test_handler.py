"""Mails to visitors live as the engine promises."""

from collections.abc import Iterator

import pytest

from bot.core.model import VisitorKey
from bot.outbox.contract import LanePlan
from bot.storage.outbox.rows import Work
from tests.bot.outbox.conformance import HandlerConformance, Workbench
from tests.mail_server import PostOffice, running_post
from tests.mailroom import SITE, MailRoom
from tests.office import Office


class MailBench(Workbench):
    """Visitors of a site are answered, and have not seen it in time."""

    kind = Work.FOLLOW_UP
    repeats = False
    post: PostOffice

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self.room = MailRoom(office, self.post)

    def plan(self) -> LanePlan:
        return self.room.plan()

    def order(self, number: int) -> None:
        place = VisitorKey("webchat", SITE, f"v{number}")
        self.room.reply(self.room.come(place, f"v{number}@example.com"))
        self.change(self.rows()[-1], due_at=self.office.now)

    def done(self) -> list[int]:
        return [int(str(mail["To"]).partition("@")[0][1:]) for mail in self.post.mails]


class TestMails(HandlerConformance):
    """At most once."""

    workbench = MailBench

    @pytest.fixture(autouse=True)
    def post(self) -> Iterator[None]:
        with running_post() as post:
            MailBench.post = post
            yield
