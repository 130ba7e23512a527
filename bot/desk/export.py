"""Writes contacts as CSV that no spreadsheet mistakes for formulas."""

import csv
import unicodedata
from typing import TextIO

from bot.storage.contacts.contact_export import ExportedConsent, ExportedContact, stream_contacts
from bot.storage.database.engine import Database

COLUMNS = ("id", "email", "first_name", "last_name", "source", "created_at", "channels", "consents")
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""In any width: spreadsheets of East Asia take full-width signs for the same."""


def export_contacts(database: Database, file: TextIO) -> int:
    """Write all contacts, one state of them; returns how many there are."""
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    count = 0
    with database.read() as connection:
        for exported in stream_contacts(connection):
            writer.writerow(map(_harmless, _cells(exported)))
            count += 1
    return count


def _cells(exported: ExportedContact) -> tuple[str, ...]:
    contact = exported.contact
    return (
        str(contact.id),
        contact.email,
        contact.first_name or "",
        contact.last_name or "",
        contact.source,
        contact.created_at.isoformat(timespec="seconds"),
        " ".join(exported.channels),
        "\n".join(map(_consent, exported.consents)),
    )


def _consent(given: ExportedConsent) -> str:
    at = given.given_at.isoformat(timespec="seconds")
    ended = given.withdrawn_at
    end = f", withdrawn {ended.isoformat(timespec='seconds')}" if ended else ""
    return f"{at} {given.channel} {given.language}{end}: {given.text}"


def as_typed(cell: str) -> str:
    """Take the quote away that stands before what a spreadsheet would compute."""
    return cell[1:] if cell[:1] == "'" and _is_formula(cell[1:]) else cell


def _harmless(cell: str) -> str:
    """Quote for a spreadsheet what it would compute: names are typed by strangers."""
    return f"'{cell}" if _is_formula(cell) else cell


def _is_formula(cell: str) -> bool:
    return unicodedata.normalize("NFKC", cell[:1]).startswith(_BEGINS_FORMULA)
