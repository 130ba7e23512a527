"""Forgetting somebody."""

from contextlib import closing

import click

from bot.cli.start import open_database, start


@click.command()
@click.argument("email")
@click.option("--yes", is_flag=True, help="Don't ask.")
def erase(email: str, *, yes: bool) -> None:
    """Erase the contact with this email, its visitors, and all that they wrote and were told."""
    from bot.erasure import describe, erase_person, is_known
    from bot.wiring.ground import now, redis_url
    from workers.doorbell import RqDoorbell

    nobody = click.ClickException("No contact has this email. Nothing was erased.")
    settings = start()
    with open_database(settings) as database:
        if not is_known(database, email):
            raise nobody
        if not yes:
            click.confirm("Erase this person for good, conversations and all?", abort=True)
        with closing(RqDoorbell(redis_url(settings))) as doorbell:
            erased = erase_person(database, email, now(), doorbell)
    if erased is None:
        raise nobody
    click.echo(f"Erased: {describe(erased)}.")
