"""Looking at what could not be understood or stored, and settling it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from bot.cli.start import open_database, start

if TYPE_CHECKING:  # loaded only when a command runs
    from bot.desk.dead_letters import DeadLetterOffice, Outcome
    from bot.storage.operations.dead_letters import LetterId

_ids = click.argument("ids", nargs=-1, type=click.IntRange(1, 2**63 - 1), metavar="[ID...]")
_every = click.option("--all", "every", is_flag=True, help="Every open one.")


@click.group("dead-letters", invoke_without_command=True)
@click.pass_context
def dead_letters(context: click.Context) -> None:
    """Settle what could not be understood or stored. Without a command: lists it."""
    if context.invoked_subcommand is None:
        context.invoke(show)


@dead_letters.command("list")
def show() -> None:
    """List what is open: id, time, channel, account, size, reason. Never what it says."""
    from bot.storage.operations.dead_letters import list_open

    with open_database(start()) as database, database.read() as connection:
        found = False
        for letter in list_open(connection):
            found = True
            when = letter.created_at.isoformat(sep=" ", timespec="seconds")
            where = f"{letter.channel} {_printable(letter.account)}"
            click.echo(f"{letter.id}  {when}  {where}  {letter.size} bytes  {letter.reason}")
        if not found:
            click.echo("There are no open dead letters.")


@dead_letters.command()
@_ids
@_every
def retry(ids: tuple[int, ...], *, every: bool) -> None:
    """Understand and store them once more; what still fails stays open with its new reason."""
    from bot.desk.dead_letters import DeadLetterOffice

    _settle(ids, every=every, act=DeadLetterOffice.retry)


@dead_letters.command()
@_ids
@_every
def discard(ids: tuple[int, ...], *, every: bool) -> None:
    """Give them up: what they hold is gone for good."""
    from bot.desk.dead_letters import DeadLetterOffice

    _settle(ids, every=every, act=DeadLetterOffice.discard)


def _printable(account: str | None) -> str:
    if account is None:
        return "-"
    return account if account.isalnum() else ascii(account)  # it was never checked


def _settle(
    ids: tuple[int, ...],
    *,
    every: bool,
    act: "Callable[[DeadLetterOffice, LetterId], Outcome]",
) -> None:
    from bot.desk.dead_letters import DeadLetterOffice
    from bot.mail.inbound import read_mail
    from bot.storage.operations.dead_letters import LetterId
    from bot.wiring.channels import given, letter_readers
    from bot.wiring.ground import now
    from bot.wiring.mails import answer_letters

    if bool(ids) is every:
        message = "Name letters by their ids, or say --all."
        raise click.UsageError(message)
    settings = start()
    readers = letter_readers(given(settings))
    unsettled = False
    with open_database(settings) as database:
        letters = answer_letters(settings, database, read_mail)
        office = DeadLetterOffice(database, {**readers, **letters}, settings.capture_rules, now())
        for letter in office.open_ids() if every else map(LetterId, ids):
            outcome = act(office, letter)
            unsettled |= not outcome.settled
            click.echo(f"{outcome.id}: {outcome.words}")
    if unsettled:
        raise click.exceptions.Exit(1)
