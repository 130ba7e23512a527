"""Resources that a web process opens once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.desk import Desk
from bot.desk.availability import TeamAvailability
from bot.desk.sessions import Sessions
from bot.edge.pictures import PictureMaker
from bot.edge.threads import ALL_THREADS
from bot.files import FileKeeper, Files
from bot.live.listener import SignalListener
from bot.live.presence import Presence
from bot.live.visitor_view import VisitorViews
from bot.mail.parser import MailParser
from bot.storage.database.engine import Database
from bot.web.mail_door import MAIL_THREADS
from bot.wiring.files import open_stores
from bot.wiring.ground import redis_url
from bot.wiring.rules import Rules, announced, wishes
from config.settings import Settings
from workers.doorbell import RqDoorbell

KEPT_CONNECTIONS = 16
MOST_CONNECTIONS = ALL_THREADS + MAIL_THREADS + 1
"""One for each thread that asks the database, lest one waits for another's, and one for whoever
looks, in the middle of a transaction, whether anybody wants to be told."""


@dataclass(frozen=True, slots=True)
class WebGround:
    """The shared resources of a web process."""

    settings: Settings
    clock: Callable[[], datetime]
    database: Database
    doorbell: RqDoorbell
    attendance: TeamAvailability
    rules: Rules
    """May look into the database; on the event loop, ask `attendance.last_known_rules`."""
    team: Sessions
    desk: Desk
    rooms: VisitorViews
    live: SignalListener
    presence: Presence
    mail_parser: MailParser
    files: Files


def lay_ground(settings: Settings, clock: Callable[[], datetime], rules: Rules | None) -> WebGround:
    """Open what the parts share; rules that are given count as they are."""
    database = Database(settings.database, pool_size=KEPT_CONNECTIONS, most=MOST_CONNECTIONS)
    url = redis_url(settings)
    doorbell = RqDoorbell(url)
    attendance = TeamAvailability(database, rules or wishes(settings), clock)
    known = attendance.last_known_rules
    rules = known if rules else announced(settings, database, known)
    team, rooms = Sessions(database, clock), VisitorViews(database)
    live = SignalListener(url, rooms.states, find_names=team.names)
    keeper = FileKeeper(database, open_stores(settings, database), clock)
    return WebGround(
        settings=settings,
        clock=clock,
        database=database,
        doorbell=doorbell,
        attendance=attendance,
        rules=rules,
        team=team,
        desk=Desk(database, rules, doorbell, clock, team.is_agent),
        rooms=rooms,
        live=live,
        presence=Presence(url, lambda: live.rooms),
        mail_parser=MailParser(),
        files=Files(database, keeper, PictureMaker(), clock),
    )
