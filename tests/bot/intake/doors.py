"""Intakes as so many processes would open them, and what is handed to them."""

from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from bot.core.arrivals import Arrival
from bot.core.events import VisitorWrote
from bot.core.model import VisitorKey
from bot.intake import Intake
from bot.storage.database.engine import Database
from tests.factories import NOON
from tests.fakes import QuietDoorbell
from tests.office import ANN, PAGE, RULES

Intakes = tuple[Intake, Intake]


def arrival(text: str = "Hello", *, key: str = "m_1", place: VisitorKey = ANN) -> Arrival:
    return Arrival(place, VisitorWrote(text, NOON, NOON), key, b"raw of " + key.encode())


def of_somebody_new(name: str) -> Arrival:
    return arrival(key=name, place=VisitorKey("messenger", PAGE, name))


class Opener:
    """Opens intakes as so many processes would."""

    def __init__(self) -> None:
        self.doorbell = QuietDoorbell()
        self.writer: Database
        self._opened: list[tuple[Intake, Database]] = []

    def __call__(self, url: str, *, is_patient: bool = False) -> Intake:
        rules = replace(RULES, delay=timedelta(0))
        self.writer = Database(url, by_key_only=not is_patient)
        intake = Intake(self.writer, lambda: rules, self.doorbell, lambda: NOON)
        self._opened.append((intake, self.writer))
        return intake

    async def close(self) -> None:
        for intake, writer in self._opened:
            await intake.close()
            writer.close()


def count(database: Database, table: str) -> int:
    with database.read() as connection:
        query = sa.select(sa.func.count()).select_from(sa.table(table))
        return connection.execute(query).scalar_one()
