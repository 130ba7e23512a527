"""Forgetting somebody."""

from contextlib import closing

import click

from bot.cli.start import open_database, start


@click.command()
@click.argument("whom")
@click.option(
    "--also",
    type=click.IntRange(1, 2**63 - 1),
    multiple=True,
    metavar="VISITOR",
    help="A visitor that only an agent linked with the person, by its id; may be repeated.",
)
@click.option("--yes", is_flag=True, help="Don't ask.")
def erase(whom: str, also: tuple[int, ...], *, yes: bool) -> None:
    """Erase a person: contact, visitors, and all that they wrote and were told.

    WHOM is an email address, a phone number that begins with +, or a visitor's id.
    """
    from bot.erasure import describe, erase_person, is_known, read_whom
    from bot.wiring.ground import now, redis_url
    from workers.doorbell import RqDoorbell

    nobody = click.ClickException("Nobody is known by this. Nothing was erased.")
    chosen = read_whom(whom, also)
    settings = start()
    with open_database(settings) as database:
        if not is_known(database, chosen):
            raise nobody
        if not yes:
            click.confirm("Erase this person for good, conversations and all?", abort=True)
        with closing(RqDoorbell(redis_url(settings))) as doorbell:
            forgotten = erase_person(database, chosen, now(), doorbell)
    if forgotten is None:
        raise nobody
    click.echo(describe(forgotten))
