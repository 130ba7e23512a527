"""Contacts leave as CSV that any program reads and no spreadsheet computes."""

import csv
import io

import pytest
import sqlalchemy as sa

from bot.desk.export import COLUMNS, export_contacts
from bot.erasure import erase_person
from bot.storage.contacts.contact_export import stream_contacts
from bot.storage.database.engine import Database
from bot.storage.tables import contacts, visitors
from tests.factories import NOON
from tests.office import Office


def add_contact(connection: sa.Connection, email: str, first: str | None = None) -> int:
    row = {
        "email": email,
        "email_key": email,
        "lookalike": False,
        "first_name": first,
        "source": "capture",
        "created_at": NOON,
        "updated_at": NOON,
    }
    added = connection.execute(contacts.insert().values(row).returning(contacts.c.id))
    return int(added.scalar_one())


def add_visitor(connection: sa.Connection, channel: str, name: str, contact: int | None) -> None:
    row = {"channel": channel, "account": "1", "external_id": name, "contact_id": contact}
    connection.execute(visitors.insert().values({**row, "created_at": NOON}))


def export(database: Database) -> list[dict[str, str]]:
    file = io.StringIO(newline="")
    count = export_contacts(database, file)
    rows = list(csv.DictReader(io.StringIO(file.getvalue(), newline="")))
    assert len(rows) == count
    return rows


def test_every_contact_is_a_row_with_the_channels_it_writes_on(database: Database) -> None:
    with database.write() as connection:
        ann, ben = (
            add_contact(connection, "ann@a.example", "Ann"),
            add_contact(connection, "b@b.ex"),
        )
        for channel, name in (("webchat", "x"), ("messenger", "y"), ("messenger", "z")):
            add_visitor(connection, channel, name, ann)
        add_visitor(connection, "messenger", "stranger", None)
    assert export(database) == [
        {
            "id": str(ann),
            "email": "ann@a.example",
            "first_name": "Ann",
            "last_name": "",
            "source": "capture",
            "created_at": NOON.isoformat(),
            "channels": "messenger webchat",
            "consents": "",
        },
        {
            "id": str(ben),
            "email": "b@b.ex",
            "first_name": "",
            "last_name": "",
            "source": "capture",
            "created_at": NOON.isoformat(),
            "channels": "",
            "consents": "",
        },
    ]


def test_without_contacts_there_is_a_header_only(database: Database) -> None:
    file = io.StringIO(newline="")
    assert export_contacts(database, file) == 0
    assert file.getvalue() == ",".join(COLUMNS) + "\r\n"


@pytest.mark.parametrize(
    "first",
    [
        "=",
        "+",
        "-",
        "@",
        "\t",
        "\r",
        "\n",
        "\uff1d",
        "\uff0b",
        "\uff0d",
        "\uff20",
        "\ufe66",
        "\ufe62",
    ],
)
def test_what_a_spreadsheet_would_compute_is_quoted(database: Database, first: str) -> None:
    with database.write() as connection:
        add_contact(connection, "+1@shop.example", f'{first}HYPERLINK("evil")')
    [row] = export(database)
    assert row["first_name"] == f'\'{first}HYPERLINK("evil")'
    assert row["email"] == "'+1@shop.example"


def test_commas_quotes_and_lines_stay_in_their_cell(database: Database) -> None:
    name = 'Ann, "the\nfirst" Ćirić 🙂'
    with database.write() as connection:
        add_contact(connection, "ann@a.example", name)
    [row] = export(database)
    assert row["first_name"] == name


def test_more_than_are_fetched_at_once_are_all_there(database: Database) -> None:
    with database.write() as connection:
        for number in range(2_100):
            add_visitor(
                connection, "messenger", str(number), add_contact(connection, f"{number}@a")
            )
    rows = export(database)
    assert len({row["email"] for row in rows}) == 2_100
    assert {row["channels"] for row in rows} == {"messenger"}


def test_an_export_that_runs_while_somebody_is_erased_is_one_state_of_things(
    office: Office,
) -> None:
    with office.database.write() as connection:
        for number in range(2_100):
            add_visitor(
                connection, "messenger", str(number), add_contact(connection, f"{number}@a.ex")
            )
    with office.database.read() as connection:
        stream = stream_contacts(connection)
        first = next(stream)
        erase_person(office.database, "2099@a.ex", NOON, office.doorbell)
        rest = list(stream)
    assert len([first, *rest]) == 2_100
    assert rest[-1].contact.email == "2099@a.ex"
    assert {exported.channels for exported in rest} == {("messenger",)}
    assert len(export(office.database)) == 2_099
