"""Settings, logs and the database of a command, and its error when they can't be had."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from bot.runtime.failpoints import arm
from bot.runtime.logs import set_up_logs
from config.settings import Settings, SettingsError

if TYPE_CHECKING:  # loaded only by the commands that open it
    from bot.storage.database.engine import Database


class Commands(click.Group):
    """Commands that answer a bad setting with its one line."""

    def invoke(self, context: click.Context) -> object:
        """Run what was asked for."""
        try:
            return super().invoke(context)
        except SettingsError as error:
            raise click.ClickException(str(error)) from None


def start() -> Settings:
    """Read the settings and set the logs up."""
    from bot.wiring.settings import read_settings

    settings = read_settings()
    set_up_logs(settings)
    arm(settings.failpoint)
    return settings


@contextmanager
def open_database(settings: Settings) -> "Iterator[Database]":
    """Open the database for as long as the block lasts."""
    from sqlalchemy.exc import SQLAlchemyError

    from bot.ports.errors import SchemaError, UnavailableError
    from bot.storage.database.engine import Database

    refusal = click.ClickException("The database can't be used; ./run check says why.")
    try:
        database = Database(settings.database)
    except (SQLAlchemyError, ValueError, OSError):
        raise refusal from None
    database.outage.level = logging.DEBUG  # the one line of a command says it
    try:
        yield database
    except (SQLAlchemyError, UnavailableError):
        raise refusal from None
    except SchemaError as error:
        raise click.ClickException(str(error)) from None
    finally:
        database.close()
