"""A whole server with its inbox, the visitors who write to it, and agents' windows onto it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
from aiohttp import web

from bot.core.arrivals import Arrival, Report, Visit
from bot.core.events import Attachment, VisitorWrote
from bot.core.model import Author, ConversationId, VisitorKey
from bot.desk import Desk
from bot.desk.agent import Agent
from bot.desk.agents import OPERATOR, Agents, Newcomer
from bot.desk.sessions import Sessions
from bot.intake.record import record
from bot.ports.signals import ChangeSignal, SignalKind, room_of
from bot.storage.database.engine import Database
from bot.storage.database.transactions import retry_races
from bot.storage.tables import conversations, visitors
from bot.web.app import make_app
from bot.wiring.settings import given_settings
from bot.wiring.web import open_parts
from config.rules import CaptureRules
from tests.bot.agents import FAST, PASSWORD
from tests.office import Office
from tests.ui.conftest import DESK, Screen, Windows
from workers.doorbell import RqDoorbell

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, Page

AFTERNOON = datetime(2026, 11, 22, 14, 36, tzinfo=UTC)
SITE = "https://northwind.example"
PAGE = "1001"


def on_site(who: str) -> VisitorKey:
    return VisitorKey("webchat", SITE, who)


def on_messenger(who: str) -> VisitorKey:
    return VisitorKey("messenger", PAGE, who)


@dataclass
class Support:
    """The server at `origin`; the time passes only when the test says so."""

    database: Database
    wishes: dict[str, str]
    """The server's variables, as the environment would have them."""
    now: datetime = AFTERNOON
    rules: CaptureRules = field(init=False)
    _runner: web.AppRunner | None = None
    _keys: int = 0

    def __post_init__(self) -> None:
        settings = given_settings(self.wishes)
        self.origin = settings.public_origin
        self.rules = settings.capture_rules
        self.doorbell = RqDoorbell(self.wishes["redis_url"])
        self.desk = Desk(self.database, lambda: self.rules, self.doorbell, self.clock)
        self.office = Office(self.database, doorbell=self.doorbell)
        self.team = Sessions(self.database, self.clock, FAST)
        self.staff = Agents(self.database, self.clock, FAST)

    def clock(self) -> datetime:
        """Tell the time; no two moments are the same."""
        self.now += timedelta(milliseconds=1)
        return self.now

    def pass_time(self, **span: float) -> None:
        self.now += timedelta(**span)

    async def start(self) -> None:
        settings = given_settings(self.wishes)
        app = make_app(open_parts(settings, self.clock, lambda: self.rules))
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", settings.port).start()

    async def stop(self) -> None:
        """Go away at once, with every connection."""
        if self._runner:
            await self._runner.cleanup()
        self._runner = None

    def join(self, email: str, name: str, *, is_admin: bool = False) -> Agent:
        """Let somebody join the team."""
        agent = self.staff.add(Newcomer(email, PASSWORD, name=name, is_admin=is_admin), OPERATOR)
        return Agent(agent.id, agent.email, name, is_admin=is_admin)

    async def window(
        self, windows: Windows, agent: Agent, screen: Screen = DESK, **options: object
    ) -> "Page":
        """Open a window of an agent who is signed in."""
        context = await windows.context(screen, **{"timezone_id": "UTC", **options})
        await self.sign_in(context, agent)
        return await context.new_page()

    async def sign_in(self, context: "BrowserContext", agent: Agent) -> None:
        session = self.team.sign_in_as(agent.id)
        await context.add_cookies([{"name": "inbox", "value": session, "url": self.origin}])

    def write(
        self,
        text: str,
        place: VisitorKey,
        *,
        attachments: Iterable[Attachment] = (),
        key: str | None = None,
        visit: Visit | None = None,
    ) -> ConversationId:
        """Let a visitor write now."""
        self._keys += 1
        wrote = VisitorWrote(text, self.now, self.now, attachments=tuple(attachments))
        self.report(wrote, place, key or f"key_{self._keys}", visit)
        return self.talk_of(place)

    def report(
        self, report: Report, place: VisitorKey, key: str | None = None, visit: Visit | None = None
    ) -> None:
        """Let a channel report something, and tell those who look."""
        now = self.clock()

        def write(connection: sa.Connection) -> list[int]:
            recorded = record(
                connection, [Arrival(place, report, key, b"raw", visit=visit)], self.rules, now
            )
            recorded.save()
            self.doorbell.hint(*recorded.batch.hints())
            return []

        retry_races(self.database, write)

    def write_many(self, count: int) -> list[ConversationId]:
        """Let many visitors of the site write, a second between them, in one transaction."""
        places = [on_site(f"many{number:04}") for number in range(count)]
        self._write_all(
            [(place, f"Question {at}", f"many_{at}") for at, place in enumerate(places)]
        )
        with self.database.read() as connection:
            query = sa.select(conversations.c.id).order_by(conversations.c.last_message_at.desc())
            return [ConversationId(row.id) for row in connection.execute(query)][::-1]

    def write_at_length(self, count: int, place: VisitorKey) -> ConversationId:
        """Let a visitor write many messages, a second between them, in one transaction."""
        self._write_all([(place, f"Word {at}", f"word_{at}") for at in range(count)])
        return self.talk_of(place)

    def _write_all(self, said: Iterable[tuple[VisitorKey, str, str]]) -> None:
        arrivals = []
        for place, text, key in said:
            self.pass_time(seconds=1)
            wrote = VisitorWrote(text, self.now, self.now)
            arrivals.append(Arrival(place, wrote, key, b"raw"))
        with self.database.write() as connection:
            record(connection, arrivals, self.rules, self.now).save()

    def type_as_visitor(self, place: VisitorKey) -> None:
        """Let a visitor begin to type."""
        talk = self.talk_of(place)
        self.doorbell.hint(
            ChangeSignal(room_of(place), talk, kind=SignalKind.TYPING, author=Author.VISITOR)
        )

    def talk_of(self, place: VisitorKey) -> ConversationId:
        """Find the conversation with a visitor."""
        query = (
            sa.select(conversations.c.id)
            .join(visitors, visitors.c.id == conversations.c.visitor_id)
            .where(
                visitors.c.channel == place.channel,
                visitors.c.account == place.account,
                visitors.c.external_id == place.external_id,
            )
        )
        with self.database.read() as connection:
            return ConversationId(connection.execute(query).scalar_one())

    def work(self) -> None:
        """Let a worker do what is due."""
        self.office.rules, self.office.now = self.rules, self.clock()
        self.office.work()
