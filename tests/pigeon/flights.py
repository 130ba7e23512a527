"""An installation that serves carrier pigeons beside its own channels."""

import json
from dataclasses import dataclass, field
from datetime import timedelta

from bot.outbox.lane import Lane
from bot.web.app import make_app
from bot.wiring.lanes import visitor_lane
from bot.wiring.settings import given_settings
from bot.wiring.work import visitor_ways
from channels import CHANNELS
from config.settings import Settings
from tests.bot.agents import JONAS, join
from tests.bot.web.inbox.browsers import Browser, inbox_values, open_web
from tests.bot.web.sites import HOST, Client, Serve
from tests.events.world import TOKEN, World
from tests.office import Office
from tests.pigeon.channel import PATH, Sky
from tests.pigeon.kind import PigeonKind

LOFT, KEY = "north", "a falconer's key"
OTHERS_TITLES = ("Messenger", "messenger", "Facebook", "Web chat", "web chat", "webchat")


@dataclass
class Flights(World):
    """The web process and a worker, with pigeons that come and go."""

    settings: Settings
    sky: Sky
    _count: int = field(default=0)

    async def fly(self, text: str, ring: str = "ring-7", roost: str = "roost-1") -> None:
        """Let a pigeon arrive."""
        self._count += 1
        leaf = {"loft": LOFT, "ring": ring, "roost": roost, "text": text, "id": f"p{self._count}"}
        await self.bring(json.dumps(leaf).encode())

    async def bring(self, body: bytes, status: int = 200) -> None:
        """Let the falconer bring a leaf of paper."""
        shown = {**HOST, "X-Falconer": KEY}
        async with self.client.post(PATH, data=body, headers=shown) as answer:
            assert answer.status == status

    def work(self) -> None:
        """Let a worker do what is due, as the composition root puts it together."""
        lane = Lane(self.office.engine(), visitor_lane(visitor_ways(self.settings)))
        while lane.work():
            pass

    def grow_old(self, age: timedelta) -> None:
        """Let the web process think that it is later."""
        self.office.now += age


async def open_flights(office: Office, redis_url: str, serve: Serve) -> Flights:
    """Serve the installation with an admin signed in."""
    kind = PigeonKind()
    given = {"pigeon_key": KEY, "pigeon_lofts": (LOFT,), "api_tokens": TOKEN}
    values = inbox_values(office, redis_url) | given
    settings = given_settings(values, (*CHANNELS, kind))
    parts = open_web(office, settings)
    client: Client = await serve(make_app(parts))
    admin = Browser(client, parts, join(office, JONAS, is_admin=True))
    await admin.sign_in(JONAS)
    office.rules = settings.capture_rules
    return Flights(office, client, admin, settings, kind.sky)


def says_nothing_of_others(words: str) -> bool:
    """Say whether a page of ours keeps to the channel that it is about."""
    return not any(title in words for title in OTHERS_TITLES)
