"""Every kind of work for the team and programs lives as the engine promises."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.core.model import VisitorKey
from bot.notifications.texts import About
from bot.notifications.webhook_events import WebhookEvent
from bot.outbox.contract import LanePlan
from bot.storage.outbox.rows import OutboxRow, Refers, Work
from bot.storage.tables import time_text
from bot.storage.visitors.batch import Batch
from config.notices import name_of
from tests.bot.notifications.bureau import RULES, Bureau
from tests.bot.outbox.conformance import HandlerConformance, Workbench
from tests.office import PAGE, Office
from tests.targets import Target, running_target

URLS = tuple(f"slack://channel/{number}" for number in range(60))


class TeamBench(Workbench):
    """Visitors on a page, one for each order, and a team that hears of them."""

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        office.set_rules(enabled=False)
        self.bureau = Bureau(office)

    def plan(self) -> LanePlan:
        return self.bureau.plan()

    def come(self, number: int) -> Refers:
        """Let a visitor write."""
        self.office.write(place=VisitorKey("messenger", PAGE, f"p{number}"))
        [visitor] = self.office.rows("visitors", external_id=f"p{number}")
        [talk] = self.office.rows("conversations", visitor_id=visitor["id"])
        [message] = self.office.rows("messages", conversation_id=talk["id"])
        return Refers(visitor["id"], talk["id"], message["id"])

    def put(self, row: OutboxRow) -> None:
        with self.office.database.write() as connection:
            batch = Batch(connection, self.office.now)
            batch.add_order(row)
            batch.save()

    def row(self, number: int, **payload: object) -> OutboxRow:
        now, refers = self.office.now, self.come(number)
        key = f"{self.kind}:{number}"
        return OutboxRow(self.kind, None, now, now, payload=payload, key=key, refers=refers)

    def told(self, about: About) -> list[int]:
        """Say about whom notices were ordered."""
        places = {row["id"]: row["external_id"] for row in self.office.rows("visitors")}
        rows = self.office.rows("outbox", kind=Work.NOTIFY)
        about_these = [row for row in rows if row["payload"]["about"] == about]
        return [int(places[row["visitor_id"]][1:]) for row in about_these]


class AnnouncementBench(TeamBench):
    """Visitors come."""

    kind = Work.ANNOUNCE
    repeats = True

    def order(self, number: int) -> None:
        self.office.set_rules(announces=True)
        self.come(number)
        self.office.set_rules(announces=False)

    def done(self) -> list[int]:
        return self.told(About.NEW)


class DueNoticeBench(TeamBench):
    """Visitors wait."""

    kind = Work.NOTICE
    repeats = True

    def order(self, number: int) -> None:
        since = time_text(self.office.now)
        self.put(self.row(number, about=About.WAITING, since=since, trouble=None))

    def done(self) -> list[int]:
        return self.told(About.WAITING)


class NoticeBench(TeamBench):
    """Visitors become contacts, of which a channel of the team's is told, another one each time."""

    kind = Work.NOTIFY
    repeats = True

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self.bureau.rules = replace(RULES, urls=URLS)

    def order(self, number: int) -> None:
        row = self.row(number, about=About.CONTACT, since=None, trouble=None)
        self.put(row._replace(target=(Work.NOTIFY, name_of(URLS[number]))))

    def done(self) -> list[int]:
        return [URLS.index(url) for url, _ in self.bureau.recorder.said]


class WebhookBench(TeamBench):
    """Programs hear of messages, another one each time."""

    kind = Work.WEBHOOK
    repeats = True
    target: Target

    def order(self, number: int) -> None:
        now = time_text(self.office.now)
        row = self.row(number, event=WebhookEvent.MESSAGE_CREATED, at=now, contact=None)
        self.bureau.add_program(f"{self.target.url}/{number}", "message.created")
        added = self.office.rows("webhook_endpoints")[-1]
        self.put(row._replace(target=(Work.WEBHOOK, f"endpoint:{added['id']}")))

    def done(self) -> list[int]:
        return [int(one.path[1:]) for one in self.target.received]


class TestAnnouncements(HandlerConformance):
    """They become other rows."""

    workbench = AnnouncementBench


class TestDueNotices(HandlerConformance):
    """They become other rows."""

    workbench = DueNoticeBench


class TestNotices(HandlerConformance):
    """At least once."""

    workbench = NoticeBench

    @pytest.mark.parametrize(
        "odd",
        [None, ["a"], 7, {"counts": ["a"]}, {"counts": {"new": "many"}}, {"about": ["new"]}],
    )
    @pytest.mark.parametrize("state", ["pending", "sending", "sent"])
    def test_what_else_a_target_was_told_may_be_spoilt(
        self, bench: Workbench, odd: object, state: str
    ) -> None:
        bench.order(0)
        first = bench.rows()[0]
        end = (int(bench.office.now.timestamp()) // 300 + 1) * 300
        spoilt = {"payload": odd, "state": state, "settled_at": bench.office.now}
        bench.change(first, dedupe_key=f"digest:{first['account']}:{end}", **spoilt)
        for number in range(1, 13):
            bench.order(number)
            bench.change(bench.rows()[-1], account=first["account"])
        bench.keep_working()
        assert {bench.state(row) for row in bench.rows()[1:]} <= {"sent", "cancelled"}


class TestWebhooks(HandlerConformance):
    """At least once."""

    workbench = WebhookBench

    @pytest.fixture(autouse=True)
    def target(self) -> Iterator[None]:
        with running_target() as target:
            WebhookBench.target = target
            yield
