"""The commands of `./run` and of the Procfile."""

import sys

import click

from bot import __version__
from bot.cli.agents import agents
from bot.cli.contacts import contacts
from bot.cli.dead_letters import dead_letters
from bot.cli.erase import erase
from bot.cli.operations import (
    check,
    configuration,
    replay,
    throw_away_domains,
    top_level_domains,
)
from bot.cli.processes import clock, migrate, web
from bot.cli.start import Commands, start
from bot.cli.suppressions import suppressions


@click.group(cls=Commands, invoke_without_command=True)
@click.version_option(__version__, message="Whosthere %(version)s")
@click.pass_context
def main(context: click.Context) -> None:
    """Who's there? Turns unknown visitors into contacts. Without a command: starts everything."""
    if context.invoked_subcommand is None:
        from bot.processes.supervisor import serve

        sys.exit(serve(start()))


for _command in (
    agents,
    check,
    clock,
    configuration,
    contacts,
    dead_letters,
    erase,
    migrate,
    replay,
    suppressions,
    throw_away_domains,
    top_level_domains,
    web,
):
    main.add_command(_command)
