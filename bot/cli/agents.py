"""Commands for agents: add, list, disable, set a password."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.start import open_database, start

if TYPE_CHECKING:  # loaded only by the commands that need it
    from bot.desk.agents import Agents, Member
    from bot.storage.database.engine import Database

_NOBODY = "No agent has this email. ./run agents list shows who there is."


@click.group()
def agents() -> None:
    """Say who may sign in to the inbox."""


@agents.command()
@click.argument("email")
@click.option("--name", help="What the team sees; visitors see the first word of it.")
@click.option("--admin", is_flag=True, help="Lets them look after the team and the operations.")
def add(email: str, name: str | None, *, admin: bool) -> None:
    """Let somebody in. The password is asked for, or read from standard input."""
    from bot.desk.agents import OPERATOR, AgentExistsError, Newcomer

    with _opened_staff() as staff:
        newcomer = Newcomer(email, _ask_for_password(), name, is_admin=admin)
        try:
            agent = staff.add(newcomer, OPERATOR)
        except AgentExistsError as error:
            message = (
                f"{error} ./run agents password sets a new password, ./run agents change more."
            )
            raise click.ClickException(message) from None
    click.echo(f"{agent.name} can sign in with {agent.email}.")


@agents.command("list")
def show() -> None:
    """List everybody, one on a line."""
    with _opened_staff() as staff:
        members = staff.roster()
    for member in members:
        agent = member.agent
        marks = [
            mark
            for mark, holds in (("admin", agent.is_admin), ("disabled", member.is_disabled))
            if holds
        ]
        click.echo("  ".join((f"{agent.email:<32}", f"{agent.name:<24}", *marks)).rstrip())
    if not members:
        click.echo("There are no agents yet. ./run agents add EMAIL --admin lets the first one in.")


@agents.command()
@click.argument("email")
def password(email: str) -> None:
    """Give somebody a new password; whoever is signed in with the old one is out."""
    from bot.desk.agents import OPERATOR

    with _opened_staff() as staff:
        member = _find(staff, email)
        staff.set_password(member.agent.id, _ask_for_password(), OPERATOR)
    click.echo("The new password is in force.")


@agents.command()
@click.argument("email")
def disable(email: str) -> None:
    """Let somebody in no more; what they have written stays."""
    from bot.desk.agents import OPERATOR

    with _opened_staff() as staff:
        staff.disable(_find(staff, email).agent.id, OPERATOR)
    click.echo("They are out, and can't sign in any more.")


@agents.command()
@click.argument("email")
@click.option("--name", help="Another name.")
@click.option("--admin/--no-admin", default=None, help="Whether they look after the team.")
@click.option("--enable", is_flag=True, help="Lets somebody in again who was disabled.")
def change(email: str, name: str | None, *, admin: bool | None, enable: bool) -> None:
    """Rename somebody, change what they may do, let them in again."""
    from bot.desk.agents import OPERATOR

    with _opened_staff() as staff:
        agent = _find(staff, email).agent
        if name is not None:
            staff.rename(agent.id, name)
        if admin is not None:
            staff.set_admin(agent.id, OPERATOR, is_admin=admin)
        if enable:
            staff.enable(agent.id, OPERATOR)
    click.echo("Changed.")


@contextmanager
def _opened_staff() -> "Iterator[Agents]":
    from bot.desk.agents import Agents
    from bot.desk.errors import DeskError
    from bot.runtime.data_dir import make_data_dir
    from bot.wiring.ground import now

    settings = start()
    if not settings.database_url:
        make_data_dir(settings.data_dir)
    with open_database(settings) as database:
        if not settings.database_url:
            _make_if_missing(database)
        try:
            yield Agents(database, now)
        except DeskError as error:
            raise click.ClickException(str(error)) from None


def _make_if_missing(database: "Database") -> None:
    # the first agent may come before the first start
    from bot.storage.migrate import upgrade

    if not Path(database.url.database or "").exists():
        upgrade(database)


def _find(staff: "Agents", email: str) -> "Member":
    from bot.desk.errors import NotFoundError

    try:
        return staff.find(email)
    except NotFoundError:
        raise click.ClickException(_NOBODY) from None


def _ask_for_password() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    given = sys.stdin.readline().rstrip("\r\n")
    if not given:
        message = "Write the password to standard input, or run this in a terminal to be asked."
        raise click.ClickException(message)
    return given
