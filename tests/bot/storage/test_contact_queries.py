"""Lists of contacts."""

import pytest

from bot.desk import Desk
from bot.desk.types import API, Person
from bot.storage.contacts.contacts import ContactsWanted, list_contacts
from bot.storage.database.cursors import CursorError
from tests.factories import ADA, BOB
from tests.office import Office


@pytest.fixture
def people(desk: Desk) -> None:
    desk.contacts.create(Person(ADA, "Ada", "Lovelace"), API)
    desk.contacts.create(Person(BOB, "Bob"), API)
    desk.contacts.create(Person("under_score@example.com", None, "100%"), API)


def emails(office: Office, wanted: ContactsWanted) -> list[str]:
    with office.database.read() as connection:
        return [one.email for one in list_contacts(connection, wanted, None, 100).contacts]


def test_the_newest_contact_comes_first_and_pages_follow(office: Office, people: None) -> None:
    seen, cursor = list[str](), None
    with office.database.read() as connection:
        for _ in range(2):
            page = list_contacts(connection, ContactsWanted(), cursor, 2)
            seen += [one.email for one in page.contacts]
            cursor = page.next_cursor
    assert seen == ["under_score@example.com", BOB, ADA]
    assert cursor is None


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (ContactsWanted(email_key=BOB), [BOB]),
        (ContactsWanted(email_key="bob@example"), []),
        (ContactsWanted(text="ADA LOVE"), [ADA]),
        (ContactsWanted(text="example.org"), [BOB]),
        (ContactsWanted(text="_"), ["under_score@example.com"]),
        (ContactsWanted(text="%"), ["under_score@example.com"]),
        (ContactsWanted(email_key=BOB, text="ada"), []),
    ],
)
def test_contacts_are_found_literally(
    office: Office, people: None, wanted: ContactsWanted, found: list[str]
) -> None:
    assert emails(office, wanted) == found


def test_a_foreign_cursor_is_refused(office: Office) -> None:
    with office.database.read() as connection, pytest.raises(CursorError):
        list_contacts(connection, ContactsWanted(), "nonsense", 10)
