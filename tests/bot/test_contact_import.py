"""Contacts come in as CSV, also the one that went out, and a bad row costs only itself."""

import io

import pytest

from bot.desk import Desk
from bot.desk.contact_import import ImportedRow, NotContactsError, import_contacts
from bot.desk.export import export_contacts
from bot.desk.types import OPERATOR, Person
from tests.office import Office


def bring(desk: Desk, text: str) -> list[ImportedRow]:
    return list(import_contacts(desk.contacts, io.StringIO(text, newline=""), OPERATOR))


def test_each_row_is_a_contact_and_a_bad_one_is_told(office: Office, desk: Desk) -> None:
    desk.contacts.create(Person("known@example.com", "Kay"), OPERATOR)
    rows = bring(
        desk,
        "Email,first_name,shoe size,last_name\r\n"
        "ada@example.com,Ada,38,Lovelace\r\n"
        "nonsense,Bob,44,\r\n"
        "\r\n"
        "KNOWN@example.com,Other,,\r\n"
        f"long@example.com,{'x' * 201}\r\n"
        "cy@example.com\r\n",
    )
    assert rows == [
        ImportedRow(2, is_new=True),
        ImportedRow(3, refusal="email: not a complete email address."),
        ImportedRow(5),
        ImportedRow(6, refusal="first_name: at most 200 characters."),
        ImportedRow(7, is_new=True),
    ]
    known, ada, cy = office.rows("contacts")
    assert (known["first_name"], known["source"]) == ("Kay", "agent")
    assert (ada["email"], ada["first_name"], ada["last_name"]) == (
        "ada@example.com",
        "Ada",
        "Lovelace",
    )
    assert (cy["email"], cy["first_name"]) == ("cy@example.com", None)


def test_what_went_out_comes_in_again_as_it_was(office: Office, desk: Desk) -> None:
    desk.contacts.create(Person("ada@example.com", "=Ada", "'quoted'"), OPERATOR)
    file = io.StringIO(newline="")
    export_contacts(office.database, file)
    changed = file.getvalue().replace("ada@example.com", "eve@example.com")
    assert [row.is_new for row in bring(desk, changed)] == [True]
    eve = office.rows("contacts")[-1]
    assert (eve["first_name"], eve["last_name"]) == ("=Ada", "'quoted'")


def test_semicolons_divide_as_well(office: Office, desk: Desk) -> None:
    assert bring(desk, "email;last_name\nada@example.com;Love, Lace\n")[0].is_new
    assert office.rows("contacts")[0]["last_name"] == "Love, Lace"


@pytest.mark.parametrize("text", ["", "name\nada@example.com", "ada@example.com\n", "\0"])
def test_what_has_no_column_of_emails_is_refused(desk: Desk, text: str) -> None:
    with pytest.raises(NotContactsError):
        bring(desk, text)
