"""A whole bot without web, queue and network: arrivals in, sends out, time as told."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.apply import apply, order_delivery
from bot.core.arrivals import Arrival, Report
from bot.core.events import AgentReplied, VisitorWrote
from bot.core.model import Author, Conversation, VisitorKey
from bot.intake.record import record
from bot.outbox.claiming import AnyJob, Claiming
from bot.outbox.contract import Engine, LanePlan
from bot.outbox.lane import Lane
from bot.outbox.settling import Result, Settling
from bot.ports.channels import PeopleFinder
from bot.ports.doorbell import Doorbell
from bot.storage import tables
from bot.storage.database.engine import Database
from bot.storage.database.transactions import retry_races
from bot.storage.forgetting.erasing_steps import take_step
from bot.storage.visitors.batch import Batch
from bot.storage.visitors.message_rows import Delivery, NewMessage
from bot.storage.visitors.visitor_states import lock_visitor_states
from bot.wiring.lanes import ChannelWays, visitor_lane
from config.rules import CaptureRules, ChannelRules
from tests.factories import NOON
from tests.fakes import FakeChannel, QuietDoorbell

PAGE = "1001"
ANN = VisitorKey("messenger", PAGE, "ann")
BEN = VisitorKey("messenger", PAGE, "ben")
DAY = timedelta(hours=24)
RULES = CaptureRules(
    channels=frozenset({"messenger", "webchat"}),
    channel_rules={
        "messenger": ChannelRules(DAY, away_joins_prompt=True, has_profiles=True, lends_files=True),
        "webchat": ChannelRules(row_is_delivery=True, has_card=True),
    },
)


@dataclass
class Office:
    """Drives intake's and a worker's transactions at a time that stands still."""

    database: Database
    rules: CaptureRules = RULES
    now: datetime = NOON
    channel: FakeChannel = field(default_factory=FakeChannel)
    doorbell: Doorbell = field(default_factory=QuietDoorbell)
    fingerprints: dict[tuple[str, str], str] = field(default_factory=dict)
    people: dict[str, PeopleFinder] = field(default_factory=dict)
    _keys: int = 0

    def pass_time(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def write(
        self, text: str = "Hello", place: VisitorKey = ANN, *, key: str | None = None
    ) -> None:
        """Let a visitor write now."""
        self.receive(VisitorWrote(text, self.now, self.now), place=place, key=key or self._key())

    def arrival(self, text: str, place: VisitorKey = ANN) -> Arrival:
        """Make a message of a visitor that is still to be received."""
        return Arrival(place, VisitorWrote(text, self.now, self.now), self._key(), b"raw")

    def receive(self, report: Report, *, place: VisitorKey = ANN, key: str | None = None) -> None:
        self.receive_all([Arrival(place, report, key, b"raw")])

    def receive_all(self, arrivals: list[Arrival]) -> None:
        retry_races(
            self.database,
            lambda connection: record(connection, arrivals, self.rules, self.now).save(),
        )

    def reply(self, text: str = "Here I am", place: VisitorKey = ANN) -> None:
        """Let an agent answer now."""
        with self.database.write() as connection:
            batch = Batch(connection, self.now)
            thread = lock_visitor_states(connection, [place])[place]
            message = batch.add_message(
                NewMessage(
                    thread, Author.AGENT, text, self.now, self.now, delivery=Delivery.PENDING
                )
            )
            thread.answered_seq = message.seq
            apply(batch, thread, AgentReplied(self.now), self.rules)
            order_delivery(batch, message, self.rules)
            batch.save()

    def engine(self) -> Engine:
        return Engine(self.database, lambda: self.rules, self.doorbell, lambda: self.now)

    def plan(self) -> LanePlan:
        channels = {"messenger": self.channel, "webchat": self.channel}
        return visitor_lane(ChannelWays(channels, channels, self.fingerprints, self.people))

    def worker(self) -> Lane:
        return Lane(self.engine(), self.plan())

    def work(self) -> None:
        """Let one worker do what is due."""
        self.worker().work()
        self.forget()

    def forget(self) -> None:
        """Let a worker delete what is hidden."""
        while take_step(self.database):
            pass

    def claim(self) -> list[AnyJob]:
        """Let a worker take what is due, and do nothing with it yet."""
        return Claiming(self.engine(), self.plan(), 100, []).take().jobs

    def settle(self, *results: Result) -> None:
        """Let a worker write down how attempts ended."""
        Settling(self.engine(), self.plan()).settle(results)

    def set_rules(self, **changes: Any) -> None:  # noqa: ANN401 - as the rules have them
        self.rules = replace(self.rules, **changes)

    def conversation(self, place: VisitorKey = ANN) -> Conversation:
        with self.database.write() as connection:
            conversation = lock_visitor_states(connection, [place])[place].conversation
        assert conversation
        return conversation

    def rows(self, table: str, **where: object) -> list[dict[str, Any]]:
        chosen = tables.metadata.tables[table]
        query = sa.select(chosen).order_by(*chosen.primary_key)
        for name, value in where.items():
            query = query.where(chosen.c[name] == value)
        with self.database.read() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def count(self, table: str, **where: object) -> int:
        return len(self.rows(table, **where))

    def _key(self) -> str:
        self._keys += 1
        return f"m_{self._keys}"
