"""What was told long ago is cleared away, and nothing else."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.keeping import Keeper
from bot.storage.database.engine import Database
from bot.storage.outbox.rows import RECURRING, Work
from bot.storage.tables import outbox
from tests.office import Office

LONG_AGO = timedelta(days=31)
ONCE = (Work.DELIVER, Work.CAPTURE_PROMPT, Work.FETCH_PROFILE)
STAYS = tuple(kind for kind in Work if kind in RECURRING or kind in ONCE)
TOLD = tuple(kind for kind in Work if kind not in STAYS)


@pytest.fixture
def keeper(office: Office) -> Keeper:
    return Keeper(office.database, lambda: office.now)


def put(office: Office, kind: Work, state: str, age: timedelta, settled: timedelta | None) -> None:
    row = {
        "kind": kind,
        "dedupe_key": f"{kind}:{office.count('outbox')}",
        "channel": "",
        "account": "",
        "state": state,
        "due_at": office.now - age,
        "created_at": office.now - age,
        "settled_at": None if settled is None else office.now - settled,
    }
    with office.database.write() as connection:
        connection.execute(sa.insert(outbox).values(row))


def left(office: Office) -> list[str]:
    return [row["kind"] for row in office.rows("outbox")]


@pytest.mark.parametrize("state", ["sent", "cancelled", "expired", "dead", "unknown"])
def test_what_was_settled_long_ago_goes(office: Office, keeper: Keeper, state: str) -> None:
    for kind in TOLD:
        put(office, kind, state, LONG_AGO, LONG_AGO)
    assert keeper.step()
    assert left(office) == []


def test_what_says_that_something_was_done_once_stays(office: Office, keeper: Keeper) -> None:
    for kind in STAYS:
        put(office, kind, "sent", LONG_AGO, LONG_AGO)
    keeper.work()
    assert left(office) == list(STAYS)


def test_what_is_still_to_be_done_or_was_settled_of_late_stays(
    office: Office, keeper: Keeper
) -> None:
    put(office, Work.WEBHOOK, "pending", LONG_AGO, None)
    put(office, Work.WEBHOOK, "sending", LONG_AGO, None)
    put(office, Work.WEBHOOK, "sent", LONG_AGO, timedelta(days=1))
    put(office, Work.WEBHOOK, "sent", timedelta(days=1), timedelta(days=1))
    keeper.work()
    assert len(left(office)) == 4


def test_it_goes_bit_by_bit_and_rests_when_all_is_done(office: Office, keeper: Keeper) -> None:
    for _ in range(450):
        put(office, Work.ANNOUNCE, "sent", LONG_AGO, LONG_AGO)
    assert keeper.step()
    assert office.count("outbox") == 250
    while keeper.work():
        pass
    assert office.count("outbox") == 0
    put(office, Work.ANNOUNCE, "sent", LONG_AGO, LONG_AGO)
    assert not keeper.work()
    assert office.count("outbox") == 1
    office.pass_time(60)
    assert keeper.step()
    assert office.count("outbox") == 0


def test_where_nothing_is_old_one_look_is_all_it_costs(office: Office, keeper: Keeper) -> None:
    put(office, Work.ANNOUNCE, "sent", timedelta(days=1), timedelta(days=1))
    asked = statements(office.database)
    for _ in range(30):
        keeper.work()
        office.pass_time(1)
    assert len(asked) == 1


def statements(database: Database) -> list[str]:
    """Note what the database is asked from now on."""
    asked: list[str] = []

    @sa.event.listens_for(database.engine, "before_cursor_execute")
    def note(_: object, __: object, statement: str, *___: object) -> None:
        if "outbox" in statement:
            asked.append(statement)

    return asked
