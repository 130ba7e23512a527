"""The commands of `./run` and of the Procfile."""

import signal
import sys
import threading
from pathlib import Path

import click

from bot.failpoints import arm
from bot.lifeline import watch
from bot.logs import set_up_logs
from config.settings import Settings, SettingsError

_StoredFile = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(invoke_without_command=True)
@click.pass_context
def main(context: click.Context) -> None:
    """Who's there? Turns unknown visitors into contacts. Without a command: starts everything."""
    try:
        settings = Settings.read()
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    set_up_logs(settings)
    arm(settings.failpoint)
    context.obj = settings
    if context.invoked_subcommand is None:
        from bot.supervisor import serve

        sys.exit(serve(settings))


@main.command()
@click.option("--share-port", is_flag=True, hidden=True)
@click.pass_obj
def web(settings: Settings, *, share_port: bool) -> None:
    """Serve webhooks, the API and the pages."""
    from bot.web.server import serve

    watch(settings.lifeline_fd)
    sys.exit(serve(settings, share_port=share_port))


@main.command()
@click.pass_obj
def clock(settings: Settings) -> None:
    """Ring for what falls due; several may run."""
    from bot.wiring import open_clock

    watch(settings.lifeline_fd)
    stopping = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stopping.set())
    open_clock(settings).run(stopping)


@main.command()
@click.pass_obj
def migrate(settings: Settings) -> None:
    """Bring the database to the schema of this code."""
    from bot.storage.engine import Database
    from bot.storage.migrate import upgrade

    upgrade(Database(settings.database))
    click.echo("The database is up to date.")
