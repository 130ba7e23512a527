"""Brings a database to the schema of this code, and tells how far it is from it."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.storage.engine import Database

_LOCK = 0x57484F5354484552  # "WHOSTHER": one migration at a time on a PostgreSQL database


def upgrade(database: Database) -> None:
    """Run what is missing, all or nothing; several may call at once."""
    with database.write() as connection:
        if database.is_postgresql:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        command.upgrade(_config(connection), "head")


def schema_fault(connection: sa.Connection) -> str | None:
    """Say in a sentence why this code can't work on that schema; None: it can."""
    found = MigrationContext.configure(connection).get_current_revision()
    script = ScriptDirectory.from_config(_config())
    if found == script.get_current_head():
        return None
    known = {revision.revision for revision in script.walk_revisions()}
    if found is None or found in known:
        return "The database's schema is old: run `./run migrate`."
    return "The database's schema is newer than this code: update the code."


def write_revision(connection: sa.Connection, message: str) -> None:
    """For maintainers: write a revision with what the tables have and the database has not."""
    command.revision(_config(connection), message, autogenerate=True)


def _config(connection: sa.Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
