"""Addresses that get no mails from conversations: which, and letting mails go there again."""

import click

from bot.cli.start import open_database, start


@click.group(invoke_without_command=True)
@click.pass_context
def suppressions(context: click.Context) -> None:
    """List the addresses that get no mails, or lift one. Without a command: lists them."""
    if context.invoked_subcommand is None:
        context.invoke(show)


@suppressions.command("list")
def show() -> None:
    """List them, the newest first: since when, why, by which signal, and the address."""
    from bot.desk.suppressions import Suppressions, describe_signal
    from bot.wiring.ground import now

    with open_database(start()) as database:
        found = Suppressions(database, now).list()
    for one in found:
        since = one.at.isoformat(sep=" ", timespec="seconds")
        where = one.email or f"an address not kept in clear ({one.id[:8]})"
        click.echo(f"{since}  {one.why}  {where}  {describe_signal(one)}")
    if not found:
        click.echo("Every address gets mails.")


@suppressions.command()
@click.argument("email")
def lift(email: str) -> None:
    """Let mails go to EMAIL again; after an unsubscription only if its owner asks for it."""
    from bot.desk.errors import NotFoundError
    from bot.desk.suppressions import Suppressions
    from bot.desk.types import OPERATOR
    from bot.wiring.ground import now

    with open_database(start()) as database:
        try:
            Suppressions(database, now).lift_email(email, OPERATOR)
        except NotFoundError:
            message = "This address is not suppressed."
            raise click.ClickException(message) from None
    click.echo("Mails go to this address again.")
