"""Real servers for the tests, each started once and only when a test asks for it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from redis import Redis

from bot.runtime.embedded_valkey import running_valkey
from bot.storage.database.engine import Database
from bot.storage.migrate import upgrade
from bot.storage.tables import metadata, schema_revisions
from tests.office import Office
from tests.s3_server import find_server, running_s3
from tests.scratch import write_to_memory
from tests.servers import as_psycopg, new_database, running_postgres

settings.register_profile("unit", max_examples=25)

_HERE = Path(__file__).parent
_UNITS = tuple(_HERE / folder for folder in ("bot/core", "channels", "config"))
_LONG = ("ui", "system", "events", "bot")
_SERVED = {
    "postgres_server",
    "redis_server",
    "migrated_file",
    "database_url",
    "sqlite_url",
    "bucket_url",
}


def pytest_configure() -> None:
    write_to_memory()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if any(map(item.path.is_relative_to, _UNITS)) and not _asks_for_a_server(item):
            item.add_marker("unit")
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    # The folders with long files come first: at the end no worker waits for another's long file.
    folder = item.path.relative_to(_HERE).parts[0]
    return _LONG.index(folder) if folder in _LONG else len(_LONG)


def _asks_for_a_server(item: pytest.Item) -> bool:
    return isinstance(item, pytest.Function) and not _SERVED.isdisjoint(item.fixturenames)


@pytest.fixture(scope="session", autouse=True)
def _nobody_asks_dns() -> Iterator[None]:
    """Let no process that a test starts ask the name servers of this machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DNS_SERVERS", "off")
        yield


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL server on which tests may make databases."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield as_psycopg(given).render_as_string(hide_password=False)
        return
    with running_postgres() as url:
        yield url.render_as_string(hide_password=False)


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The URL of an empty database of this test's own."""
    with new_database(as_psycopg(postgres_server)) as url:
        yield url.render_as_string(hide_password=False)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a file that SQLite will make when it is first opened."""
    return f"sqlite:///{tmp_path / 'whosthere.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database: the test runs once on each engine."""
    fixture = {"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]
    return str(request.getfixturevalue(fixture))


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """The URL of a Valkey server of this run's own."""
    with TemporaryDirectory() as directory, running_valkey(Path(directory)) as url:
        yield url


@pytest.fixture(scope="session")
def bucket_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A FILES_URL that leads to an S3-compatible server of this run's own."""
    if not find_server():
        pytest.skip("no S3-compatible server: install requirements-dev.lock on Linux")
    with running_s3(tmp_path_factory.mktemp("s3")) as url:
        yield url


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """The URL of an empty Valkey."""
    with Redis.from_url(redis_server) as client:
        client.flushall()
    return redis_server


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with all tables, to be copied: migrating is slow, copying is not."""
    path = tmp_path_factory.mktemp("migrated") / "whosthere.db"
    migrated = Database(f"sqlite:///{path}")
    upgrade(migrated)
    migrated.close()
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: str) -> Iterator[Database]:
    """One PostgreSQL database for all tests: making one for each costs half a second."""
    with new_database(as_psycopg(postgres_server)) as url:
        migrated = Database(url.render_as_string(hide_password=False))
        upgrade(migrated)
        yield migrated
        migrated.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with all tables and nothing in them, on each engine. Leave its schema alone."""
    if request.param == "sqlite":
        path = shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "whosthere.db")
        yield f"sqlite:///{path}"
        return
    shared: Database = request.getfixturevalue("migrated_postgres")
    yield shared.url.render_as_string(hide_password=False)
    with shared.write() as connection:
        for table in reversed(metadata.sorted_tables):
            if table is not schema_revisions:  # it is the schema's, as alembic_version is
                connection.execute(table.delete())


@pytest.fixture
def database(migrated_url: str) -> Iterator[Database]:
    """The same, opened."""
    opened = Database(migrated_url)
    yield opened
    opened.close()


@pytest.fixture
def own_database(database_url: str) -> Iterator[Database]:
    """A migrated database of this test's own, to do with as it likes: drop a key, spoil a table."""
    opened = Database(database_url)
    upgrade(opened)
    yield opened
    opened.close()


@pytest.fixture
def office(database: Database) -> Office:
    """A bot that hears and speaks when the test says so."""
    return Office(database)
