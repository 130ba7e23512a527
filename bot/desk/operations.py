"""Operations: dead letters, delivery and the capture funnel."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bot.desk.dead_letters import DeadLetterOffice, Outcome
from bot.desk.exposure import LATELY
from bot.desk.funnel import Funnel, read_funnel
from bot.desk.types import Actor
from bot.outbox.handlers.looks import hasten
from bot.ports.doorbell import Doorbell
from bot.storage.database.engine import Database
from bot.storage.database.transactions import read, retry_races
from bot.storage.forgetting.erasing_steps import UnfinishedErasures, count_unfinished
from bot.storage.operations.audits import add_audit
from bot.storage.operations.checkup import Checkup, find_checkup, hasten_check
from bot.storage.operations.dead_letters import DeadLetter, LetterId, list_open
from bot.storage.operations.sightings import Sighting, list_sightings
from bot.storage.operations.tallies import read_deleted
from bot.storage.outbox.accounts import Account, AccountKey, list_accounts
from bot.storage.outbox.metrics import OutboxMetrics, read_metrics
from bot.storage.outbox.stops import Stop, list_stops

MOST_LETTERS = 100


@dataclass(frozen=True, slots=True)
class Overall:
    """The state of an installation at one moment."""

    figures: OutboxMetrics
    accounts: list[Account]
    letters: list[DeadLetter]
    """The oldest `MOST_LETTERS` of the open ones."""
    funnel: Funnel
    checkup: Checkup | None
    """What a worker found when it last looked at everything, as `./run check` does."""
    sightings: list[Sighting]
    """What web processes saw lately of the way that requests take."""
    deleted: dict[str, int]
    """How many rows of each table were erased, or kept no longer."""
    unfinished: UnfinishedErasures
    stops: list[Stop]


@dataclass(frozen=True, slots=True)
class Operations:
    """Blocks, so the web calls it from threads."""

    database: Database
    office: Callable[[], DeadLetterOffice]
    clock: Callable[[], datetime]
    zone: ZoneInfo
    doorbell: Doorbell

    def look(self) -> Overall:
        """Say how it stands."""
        now = self.clock()

        def find(connection: sa.Connection) -> Overall:
            return Overall(
                read_metrics(connection, now),
                list_accounts(connection),
                list(islice(list_open(connection), MOST_LETTERS)),
                funnel,
                find_checkup(connection),
                list_sightings(connection, now - LATELY),
                read_deleted(connection),
                count_unfinished(connection),
                list_stops(connection),
            )

        funnel = read_funnel(self.database, now, self.zone)
        return read(self.database, find)

    def stops(self) -> list[Stop]:
        """List the stops that stand."""
        return read(self.database, list_stops)

    def look_again(self, key: AccountKey, actor: Actor) -> bool:
        """Let a worker look at a stopped account now; False: it is not stopped, or looked at."""

        def write(connection: sa.Connection) -> Collection[int]:
            add_audit(connection, actor.key, "stop.looked_at", self.clock(), {"account": key[1]})
            return hasten(connection, self.clock(), key)

        rows = retry_races(self.database, write)
        self.doorbell.ring(*rows)
        return bool(rows)

    def check_again(self) -> bool:
        """Let a worker look at everything now; False: none ever has, or one does already."""
        row = retry_races(self.database, lambda connection: hasten_check(connection, self.clock()))
        if row:
            self.doorbell.ring(row)
        return row is not None

    def retry(self, id: LetterId, actor: Actor) -> Outcome:
        """Try a dead letter again."""
        return self._settle(id, actor, self.office().retry, "dead_letter.retried")

    def discard(self, id: LetterId, actor: Actor) -> Outcome:
        """Give a dead letter up."""
        return self._settle(id, actor, self.office().discard, "dead_letter.discarded")

    def _settle(
        self, id: LetterId, actor: Actor, act: Callable[[LetterId], Outcome], action: str
    ) -> Outcome:
        outcome = act(id)
        if outcome.settled:
            detail: dict[str, object] = {"letter": id}
            retry_races(
                self.database,
                lambda connection: add_audit(connection, actor.key, action, self.clock(), detail),
            )
        return outcome
