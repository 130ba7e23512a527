"""The connections to the database, and what holds in each transaction and no longer."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.ports.errors import HeldError, UnavailableError
from bot.storage.database import bulk
from bot.storage.database.engine import Database
from bot.storage.database.transactions import retry_races
from bot.storage.migrate import upgrade
from bot.storage.visitors.visitor_states import lock_visitor_states
from tests.office import ANN, Office
from tests.relay import Relay, relaying
from tests.servers import as_psycopg

_NAMES = (
    "statement_timeout",
    "lock_timeout",
    "idle_in_transaction_session_timeout",
    "enable_seqscan",
    "enable_hashjoin",
    "enable_mergejoin",
    "plan_cache_mode",
)
_SHOW = "SELECT " + ", ".join(f"current_setting('{name}')" for name in _NAMES)
_FOR_INTAKE = ("2s", "200ms", "10s", "off", "off", "off", "force_generic_plan")
_FOR_OTHERS = ("0", "5s", "1min", "on", "on", "on", "auto")
_OF_THE_SERVER = ("0", "0", "0", "on", "on", "on", "auto")


def by_sql(connection: sa.Connection) -> tuple[str, ...]:
    return tuple(connection.exec_driver_sql(_SHOW).one())


def by_pipeline(connection: sa.Connection) -> tuple[str, ...]:
    with bulk.together(connection):
        rows = bulk.query_later(connection, _SHOW, ())
    return tuple(rows()[0])


def of_session(database: Database) -> tuple[str, ...]:
    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver
        return tuple(driver.execute(_SHOW).fetchone())


@pytest.fixture
def relay(postgres_server: str) -> Iterator[Relay]:
    with relaying(as_psycopg(postgres_server)) as relay:
        yield relay


def test_a_database_host_that_vanishes_is_given_up_within_seconds(postgres_server: str) -> None:
    database = Database(postgres_server)
    with database.read() as connection:
        driver = connection.connection.driver_connection
        assert driver
        chosen = driver.info.get_parameters()
    database.close()
    assert int(chosen["tcp_user_timeout"]) <= 10_000
    idle, probes = int(chosen["keepalives_idle"]), int(chosen["keepalives_count"])
    assert idle + probes * int(chosen["keepalives_interval"]) <= 15


@pytest.mark.parametrize("show", [by_sql, by_pipeline])
@pytest.mark.parametrize(("is_for_intake", "settings"), [(True, _FOR_INTAKE), (False, _FOR_OTHERS)])
def test_limits_hold_in_each_transaction_and_end_with_it(
    postgres_server: str,
    show: Callable[[sa.Connection], tuple[str, ...]],
    is_for_intake: bool,  # noqa: FBT001 - a parameter of the table
    settings: tuple[str, ...],
) -> None:
    database = Database(postgres_server, pool_size=1, by_key_only=is_for_intake)
    for _ in range(2):
        with database.write() as connection:
            assert show(connection) == settings
        assert of_session(database) == _OF_THE_SERVER
    with pytest.raises(sa.exc.ProgrammingError), database.write() as connection:
        connection.exec_driver_sql("SELECT no_such_column")
    assert of_session(database) == _OF_THE_SERVER
    database.close()


@pytest.mark.parametrize("is_for_intake", [True, False])
def test_nothing_is_asked_for_at_start_up_that_a_pooler_refuses(
    relay: Relay,
    is_for_intake: bool,  # noqa: FBT001 - a parameter of the table
) -> None:
    database = Database(relay.url, by_key_only=is_for_intake)
    with database.write() as connection:
        by_pipeline(connection)
    database.close()
    assert relay.startups
    for startup in relay.startups:
        assert startup.keys() <= {"user", "database", "client_encoding", "application_name"}


def test_a_server_that_hangs_is_away_for_intake(relay: Relay) -> None:
    database = Database(relay.url, by_key_only=True)
    retry_races(database, by_pipeline)
    relay.hangs.set()
    started = time.process_time()
    with pytest.raises(UnavailableError, match="does not answer in time"):
        retry_races(database, by_pipeline)
    assert time.process_time() - started < 1
    relay.hangs.clear()
    assert retry_races(database, by_pipeline) == _FOR_INTAKE
    database.close()


def test_a_row_that_is_held_is_not_waited_for_without_end(own_postgres: Database) -> None:
    with own_postgres.write() as connection:
        connection.exec_driver_sql("CREATE TABLE things (id int)")
        connection.exec_driver_sql("INSERT INTO things VALUES (1)")

    def hold(connection: sa.Connection) -> None:
        connection.exec_driver_sql("SELECT 1 FROM things FOR UPDATE")

    here = Database(own_postgres.url.render_as_string(hide_password=False), by_key_only=True)
    with own_postgres.write() as holding:
        hold(holding)
        with pytest.raises(HeldError):
            retry_races(here, hold)
    retry_races(here, hold)
    here.close()


def test_moments_are_those_of_utc_whatever_zone_the_server_has(own_postgres: Database) -> None:
    with own_postgres.write() as connection:
        name = own_postgres.url.database
        connection.exec_driver_sql(f"ALTER DATABASE {name} SET timezone = 'Asia/Tokyo'")
    own_postgres.renew()
    upgrade(own_postgres)
    office = Office(own_postgres)
    office.write()
    [visitor] = office.rows("visitors")
    with own_postgres.write() as connection:
        thread = lock_visitor_states(connection, [ANN])[ANN]
    for moment in (visitor["created_at"], thread.created_at):
        assert (moment, moment.utcoffset()) == (office.now, timedelta(0))


@pytest.fixture
def own_postgres(postgres_url: str) -> Iterator[Database]:
    database = Database(postgres_url)
    yield database
    database.close()
