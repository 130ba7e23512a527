"""A bot that tells people and programs, at a time that stands still."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from bot.core.model import VisitorKey
from bot.edge.ssrf_guard import Guard, GuardedClient
from bot.notifications.senders import NoticeSenders, UrlSender
from bot.notifications.texts import Notice
from bot.notifications.watching import AccountSight
from bot.notifications.webhook_signing import new_secret
from bot.outbox.contract import LanePlan
from bot.outbox.handlers.channel_watch import ChannelWatchHandler
from bot.outbox.handlers.looks import LookHandler
from bot.outbox.handlers.webhooks import WebhookHandler
from bot.outbox.holding import Held
from bot.outbox.lane import Lane
from bot.outbox.stops import begin, end
from bot.ports.errors import OutcomeUnknownError, SendError, UndeliverableError
from bot.storage.outbox.accounts import AccountKey
from bot.storage.outbox.stops import Stop, StopCause
from bot.storage.team.agents import NewAgent, add_agent, update_agent
from bot.storage.team.recipients import Device, Wishes, save_device, save_wishes
from bot.storage.team.webhook_endpoints import add_endpoint
from bot.wiring.lanes import team_lane, upkeep_lane
from channels.messenger.variables import FACTS
from config.channel_facts import ChannelTitles
from config.notices import NoticeRules
from tests.office import ANN, Office

SLACK = "slack://a/b/c"
RULES = NoticeRules(
    "https://chat.example.com", urls=(SLACK,), channels=ChannelTitles.listing([FACTS])
)
ON_THIS_MACHINE = GuardedClient(
    Guard(may_reach=lambda address: address.is_loopback, schemes=frozenset({"http"}))
)


PAGE_KEY = ("messenger", "1001")


@dataclass
class Recorder:
    """Takes every notice, or fails as it is told."""

    said: list[tuple[str, Notice]] = field(default_factory=list)
    error: SendError | UndeliverableError | OutcomeUnknownError | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def say(self, url: str, notice: Notice) -> None:
        self._take(url, notice)

    def push(self, device: Device, notice: Notice, tag: str) -> None:
        self._take(device.endpoint, notice)

    def post(self, email: str, notice: Notice) -> None:
        self._take(email, notice)

    def close(self) -> None:
        pass

    def to(self, whom: str) -> list[str]:
        """The titles of what somebody was told, in order."""
        return [notice.title for one, notice in self.said if one == whom]

    @property
    def bodies(self) -> list[str]:
        return [notice.body for _, notice in self.said]

    def _take(self, whom: str, notice: Notice) -> None:
        with self._lock:
            if self.error:
                raise self.error
            self.said.append((whom, notice))


@dataclass
class Bureau:
    """Drives the office and the worker's lane for the team."""

    office: Office
    rules: NoticeRules = RULES
    recorder: Recorder = field(default_factory=Recorder)
    sender: UrlSender | None = None
    client: GuardedClient = ON_THIS_MACHINE
    look: Callable[[], Sequence[AccountSight]] | None = None
    is_ours: Callable[[sa.Connection, AccountKey], bool] = lambda _connection, _key: True

    @cached_property
    def looks(self) -> Lane:
        """A worker's looks at what is stopped."""
        return Lane(
            self.office.engine(),
            upkeep_lane([LookHandler(is_ours=self._is_ours)], {}),
        )

    def _is_ours(self, connection: sa.Connection, key: AccountKey) -> bool:
        return self.is_ours(connection, key)

    @property
    def now(self) -> datetime:
        return self.office.now

    def plan(self) -> LanePlan:
        senders = NoticeSenders(self.sender or self.recorder, self.recorder, self.recorder)
        webhooks = WebhookHandler(self.client, lambda: self.now)
        return team_lane(self.rules, senders, webhooks)

    def lane(self) -> Lane:
        return Lane(self.office.engine(), self.plan())

    def work(self) -> int:
        """Let one worker do what is due."""
        if self.look:
            Lane(self.office.engine(), upkeep_lane([ChannelWatchHandler(self.look)], {})).work()
        self.looks.work()
        return self.lane().work()

    def write(self, text: str = "Hello", place: VisitorKey = ANN) -> None:
        """Let a visitor write, and the worker do what is due at once."""
        self.office.write(text, place)
        self.work()

    def pass_time(self, seconds: float) -> None:
        """Let time go by, and the worker do what fell due."""
        end = self.now + timedelta(seconds=seconds)
        while self.now < end:
            self.office.now = min(self.now + timedelta(seconds=30), end)
            self.work()

    def hire(self, name: str = "ada", *, wishes: Wishes | None = None, admin: bool = False) -> int:
        """Let somebody join the team, with one device that takes pushes."""
        email = f"{name}@shop.example"
        with self.office.database.write() as connection:
            new = NewAgent(email, email, name.title(), "-", admin, self.now)
            agent_id = add_agent(connection, new) or 0
            save_device(connection, agent_id, Device(f"{name}'s phone", "k", "a"), self.now)
            if wishes:
                save_wishes(connection, agent_id, wishes)
        return agent_id

    def change_agent(self, agent_id: int, **changes: object) -> None:
        with self.office.database.write() as connection:
            update_agent(connection, agent_id, changes)

    def add_program(self, url: str, *events: str) -> str:
        """Let a program listen; the answer is its secret."""
        secret = new_secret()
        with self.office.database.write() as connection:
            add_endpoint(connection, url, secret, events, self.now)
        return secret

    def stop(self, cause: StopCause = StopCause.CREDENTIALS, key: AccountKey = PAGE_KEY) -> None:
        """Let an account stop."""
        self._change(lambda held: begin(held, Stop(*key, cause, "It is no good.", self.now)))

    def start(self, key: AccountKey = PAGE_KEY) -> None:
        """Let an account work again."""
        self._change(lambda held: end(held, key, tuple(StopCause)))

    def _change(self, act: Callable[[Held], None]) -> None:
        with self.office.database.write() as connection:
            act(Held(connection, self.office.rules, self.now, {}))
        self.work()

    def errands(self, kind: str) -> list[dict[str, Any]]:
        return self.office.rows("outbox", kind=kind)
