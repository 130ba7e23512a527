"""Reads contacts from CSV: each row stands for itself, and one that is no contact is told."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TextIO

from bot.desk.address_book import AddressBook
from bot.desk.errors import EmailTakenError, InvalidError
from bot.desk.export import as_typed
from bot.desk.types import Actor, Person

_EMAIL = "email"


class NotContactsError(Exception):
    """The file is no CSV with a column `email`."""


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """The outcome of one row: a new contact, one that is there already, or none."""

    line: int
    is_new: bool = False
    refusal: str = ""


def import_contacts(book: AddressBook, file: TextIO, actor: Actor) -> Iterator[ImportedRow]:
    """Write a contact for each row; who is there already is left as it is.

    Raises NotContactsError.
    """
    head = file.readline()
    mark = ";" if head.count(";") > head.count(",") else ","  # spreadsheets of half of Europe
    names = [name.strip().lower() for name in next(csv.reader([head], delimiter=mark), [])]
    if _EMAIL not in names:
        raise NotContactsError
    rows = csv.DictReader(file, names, delimiter=mark, restval="")
    try:
        for row in rows:
            yield _take(book, row, rows.line_num + 1, actor)
    except csv.Error:
        raise NotContactsError from None


def _take(book: AddressBook, row: Mapping[str, str], line: int, actor: Actor) -> ImportedRow:
    email, first, last = (
        as_typed(row.get(name, "")) for name in (_EMAIL, "first_name", "last_name")
    )
    try:
        book.create(Person(email, first, last), actor)
    except EmailTakenError:
        return ImportedRow(line)
    except InvalidError as error:
        return ImportedRow(line, refusal=str(error))
    return ImportedRow(line, is_new=True)
