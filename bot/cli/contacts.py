"""Contacts for other programs."""

import os
import sys
from pathlib import Path
from typing import TextIO

import click

from bot.cli.start import open_database, start


@click.group()
def contacts() -> None:
    """Take the people with an email elsewhere."""


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


def _open(output: Path | None) -> TextIO:
    """Open what is written to, in UTF-8 whatever the terminal's own encoding is."""
    if output is None:
        return open(sys.stdout.fileno(), "w", encoding="utf-8", newline="", closefd=False)
    return open(output, "w", encoding="utf-8", newline="", opener=_for_its_owner)


def _for_its_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)  # it is full of addresses
