"""The Procfile's own: what runs for long, and what runs before it."""

import signal
import sys
import threading

import click

from bot.cli.start import open_database, start
from bot.processes.lifeline import watch


@click.command()
@click.option("--share-port", is_flag=True, hidden=True)
def web(*, share_port: bool) -> None:
    """Serve webhooks, the API and the pages."""
    settings = start()
    from bot.processes.server import serve

    watch(settings.lifeline_fd)
    sys.exit(serve(settings, share_port=share_port))


@click.command()
def clock() -> None:
    """Ring for what falls due; several may run."""
    settings = start()
    from bot.wiring.clock import open_clock

    watch(settings.lifeline_fd)
    stopping = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stopping.set())
    open_clock(settings).run(stopping)


@click.command()
def migrate() -> None:
    """Bring the database to the schema of this code."""
    from bot.storage.migrate import Schema, upgrade

    with open_database(start()) as database:
        schema = upgrade(database)
    done = "The database is up to date." if schema is Schema.CURRENT else schema.value
    click.echo(done)
