"""Contacts for and from other programs."""

import os
import sys
from contextlib import closing
from pathlib import Path
from typing import TextIO

import click

from bot.cli.start import open_database, start


@click.group()
def contacts() -> None:
    """Write contacts as CSV, or read them from one."""


@contacts.command()
@click.option(
    "--output",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="The file to write; without it, standard output.",
)
def export(output: Path | None) -> None:
    """Write all contacts as CSV (UTF-8, with a header, safe to open in a spreadsheet)."""
    from bot.desk.export import export_contacts

    with open_database(start()) as database:
        try:
            with _open(output) as file:
                count = export_contacts(database, file)
        except OSError as error:
            message = f"{output or 'standard output'}: {error.strerror}"
            raise click.ClickException(message) from None
    if output:
        click.echo(f"Contacts written to {output}: {count}.")


@contacts.command("import")
@click.argument("file", type=click.File(encoding="utf-8-sig"))
def import_(file: TextIO) -> None:
    """Write a contact for each row of FILE, a CSV with email, first_name and last_name.

    Who has an email already is left as it is, so a file may be imported again.
    """
    from bot.desk.address_book import AddressBook
    from bot.desk.contact_import import NotContactsError, import_contacts
    from bot.desk.types import OPERATOR
    from bot.wiring.ground import now, redis_url
    from bot.wiring.rules import open_rules
    from workers.doorbell import RqDoorbell

    settings = start()
    new, known, refused = 0, 0, 0
    with open_database(settings) as database, closing(RqDoorbell(redis_url(settings))) as doorbell:
        book = AddressBook(database, open_rules(settings, database), doorbell, now)
        try:
            for row in import_contacts(book, file, OPERATOR):
                new, refused = new + row.is_new, refused + bool(row.refusal)
                known += not row.is_new and not row.refusal
                if row.refusal:
                    click.echo(f"Line {row.line}: {row.refusal}")
        except (NotContactsError, UnicodeDecodeError):
            message = "This is no CSV in UTF-8 with a column email. What was read before is kept."
            raise click.ClickException(message) from None
    click.echo(f"New: {new}. There already: {known}. Refused: {refused}.")


def _open(output: Path | None) -> TextIO:
    """Open what is written to, in UTF-8 whatever the terminal's own encoding is."""
    if output is None:
        return open(sys.stdout.fileno(), "w", encoding="utf-8", newline="", closefd=False)
    return open(output, "w", encoding="utf-8", newline="", opener=_for_its_owner)


def _for_its_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)  # it is full of addresses
