"""A migration waits for others' transactions, and lets nobody wait behind it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
import sqlalchemy as sa
from alembic import command

from bot.ports.errors import SchemaError
from bot.storage.database.engine import Database
from bot.storage.migrate import Patience, Schema, _config, upgrade

_BEFORE = "0015"  # the next one changes `messages`


@pytest.fixture
def old(postgres_url: str) -> Iterator[Database]:
    opened = Database(postgres_url)
    with opened.write() as connection:
        command.upgrade(_config(connection), _BEFORE)
    yield opened
    opened.close()


def read_at_once(database: Database) -> None:
    """Read as a visitor does; fail where that has to queue."""
    with database.write() as connection:
        connection.execute(sa.text("SELECT set_config('lock_timeout', '1s', true)"))
        connection.execute(sa.text("SELECT count(*) FROM messages"))


def test_nobody_queues_behind_a_migration_that_waits(old: Database) -> None:
    told, is_waiting = list[str](), Event()

    def tell(awaited: str) -> None:
        told.append(awaited)
        is_waiting.set()

    patience = Patience(pause=lambda: None, tell=tell)
    with ThreadPoolExecutor(1) as pool, old.write() as connection:
        connection.execute(sa.text("SET LOCAL application_name = 'a long report'"))
        connection.execute(sa.text("SELECT count(*) FROM messages"))
        migrating = pool.submit(upgrade, old, patience)
        while len(told) < 3:
            read_at_once(old)
        assert is_waiting.wait(20)
        connection.rollback()
        assert migrating.result(60) is Schema.CURRENT
    assert "ALTER TABLE messages" in told[0]
    assert "(a long report, idle in transaction) has held messages for " in told[0]


def test_what_never_lets_go_is_named(old: Database) -> None:
    patience = Patience(tries=2, pause=lambda: None, tell=lambda _: None)
    with old.write() as connection:
        connection.execute(sa.text("LOCK TABLE messages IN ACCESS SHARE MODE"))
        with pytest.raises(SchemaError, match=r"never let go: .*has held messages"):
            upgrade(old, patience)
    assert upgrade(old) is Schema.CURRENT


def test_several_migrate_one_after_the_other(old: Database) -> None:
    at_once = Barrier(4)

    def migrate() -> Schema:
        at_once.wait()
        return upgrade(old, Patience(pause=lambda: None, tell=lambda _: None, tries=100_000))

    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(migrate) for _ in range(4)]
    assert {each.result() for each in done} == {Schema.CURRENT}
