"""Real servers for the tests, each started once and only when a test asks for it."""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from redis import Redis

from bot.embedded import running_valkey
from tests.servers import as_psycopg, new_database, running_postgres


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


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """The URL of an empty Valkey."""
    with Redis.from_url(redis_server) as client:
        client.flushall()
    return redis_server
