"""A delivery that is stored in parts and fails in the middle comes again, and stands once."""

from collections import Counter
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from bot.core.arrivals import Arrival, Fault
from bot.core.model import VisitorKey
from bot.intake.waiting import GROUP_BYTES
from bot.ports.errors import UnavailableError
from bot.storage.database.engine import Database
from tests.bot.intake.doors import Opener, arrival, count
from tests.office import PAGE

_PARTS = 8
_EACH = 4
_FAULTS = [Fault(b"{", "not_an_envelope"), Fault(b"[", "not_an_envelope")]


def _delivery() -> list[Arrival]:
    """Eight visitors in turn, whose messages lie four in each part."""
    places = [VisitorKey("messenger", PAGE, f"v{number}") for number in range(8)]
    return [
        arrival(f"text {number}", key=f"m_{number}", place=places[number % 8])._replace(
            raw=b"x" * (GROUP_BYTES // _EACH)
        )
        for number in range(_PARTS * _EACH)
    ]


@dataclass(eq=False)
class _Breaks:
    """Lets the database be away at one of these."""

    at: int
    seen: int = 0

    def __call__(self, _connection: object) -> None:
        self.seen += 1
        if self.seen == self.at:
            message = "the server closed the connection"
            raise UnavailableError(message)


@pytest.mark.parametrize("step", ["begin", "commit"])
@pytest.mark.parametrize("at", range(1, _PARTS + 1))
async def test_a_delivery_that_fails_in_the_middle_stands_once_when_it_comes_again(
    opener: Opener, migrated_url: str, database: Database, at: int, step: str
) -> None:
    intake = opener(migrated_url)
    sa.event.listen(opener.writer.engine, step, _Breaks(at))
    with pytest.raises(UnavailableError):
        await intake.receive("messenger", _delivery())
    # PostgreSQL has committed when it is asked to: the commit goes with what is written
    assert count(database, "messages") in {(at - 1) * _EACH, at * _EACH}
    for _ in range(2):
        taken = await intake.receive("messenger", _delivery())
    assert taken == [None] * (_PARTS * _EACH)
    _assert_each_stands_once(database)


@pytest.mark.parametrize("at", range(1, _PARTS + 1))
async def test_what_can_not_be_read_is_set_aside_once(
    opener: Opener, migrated_url: str, database: Database, at: int
) -> None:
    intake = opener(migrated_url)
    sa.event.listen(opener.writer.engine, "begin", _Breaks(at))
    with pytest.raises(UnavailableError):
        await intake.receive("messenger", _delivery(), _FAULTS)
    await intake.receive("messenger", _delivery(), _FAULTS)
    assert count(database, "dead_letters") == len(_FAULTS)


def _assert_each_stands_once(database: Database) -> None:
    with database.read() as connection:
        texts = connection.execute(sa.text("SELECT text FROM messages")).scalars().all()
        query = "SELECT conversation_id FROM outbox WHERE kind = 'capture_prompt'"
        asked = connection.execute(sa.text(query)).scalars().all()
    assert Counter(texts) == Counter(f"text {number}" for number in range(_PARTS * _EACH))
    assert (count(database, "visitors"), count(database, "conversations")) == (8, 8)
    assert (len(asked), len(set(asked))) == (8, 8)
