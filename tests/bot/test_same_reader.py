# ruff: noqa: RUF001 - letters that resemble others are what is tested
"""An address is read the same by each way: a message, a field, a form, a program, a CSV."""

import csv
import io
from collections.abc import Callable
from contextlib import suppress

import pytest

from bot.core.events import EmailGiven
from bot.core.model import ConversationId, VisitorKey
from bot.desk import Desk
from bot.desk.contact_import import import_contacts
from bot.desk.errors import InvalidEmailError
from bot.desk.types import Actor, Person
from tests.office import Office

Give = Callable[[], object]
JONAS = Actor("jonas@shop.example", "Jonas")
GIVEN: dict[str, object] = {
    "ada1@example.com": "ada1@example.com",
    " ADA2@Example.COM\n": "ada2@example.com",
    "mailto:ada3@example.com": "ada3@example.com",
    "Correo:ada4@example.com": "ada4@example.com",
    "ada5@example.com.": "ada5@example.com",
    "*ada6@example.com": "ada6@example.com",
    "<ada7@example.com>": "ada7@example.com",
    "「ada8@example.com」": "ada8@example.com",
    "‹ada9@example.com›": "ada9@example.com",
    "tim.o’connor@example.com": "tim.o'connor@example.com",
    "ada10@example。com": "ada10@example.com",
    "ａｄａ11＠ｅｘａｍｐｌｅ．ｃｏｍ": "ada11@example.com",
    "\u200eada12@example.com\u202c": "ada12@example.com",
    "ada13@example.com👍": "ada13@example.com",
    "_ada14@example.com_": "ada14@example.com",
    "ada15@пример.рф": "ada15@xn--e1afmkfd.xn--p1ai",
    "ada16@example.com.Thanks": None,
    "ada17@example.com입니다": None,
    "ada18@exаmple.com": None,
    "аda19@example.com": None,
    "ada20@example.con": None,
    "ada\u200b21@example.com": None,
    "ada22@example.com;bob@example.com": None,
    "ada23@example": None,
    "@ada24": None,
}


@pytest.mark.parametrize("way", ["message", "field", "form", "program", "file"])
def test_an_address_is_read_the_same_by_each_way_it_comes(
    office: Office, desk: Desk, way: str
) -> None:
    give = {
        "message": write,
        "field": fill_in,
        "form": associate,
        "program": create,
        "file": import_,
    }[way]
    taken = {text: taken_by(office, give(office, desk, text)) for text in GIVEN}
    assert taken == GIVEN


def taken_by(office: Office, give: Give) -> object:
    before = office.count("contacts")
    give()
    contacts = office.rows("contacts")
    return contacts[-1]["email"] if len(contacts) > before else None


def write(office: Office, _desk: Desk, text: str) -> Give:
    return lambda: office.write(text, someone(text))


def fill_in(office: Office, _desk: Desk, text: str) -> Give:
    office.write("Hello", someone(text))
    given = EmailGiven(text, office.now)
    return lambda: office.receive(given, place=someone(text))


def associate(office: Office, desk: Desk, text: str) -> Give:
    office.write("Hello", someone(text))
    talk = ConversationId(office.rows("conversations")[-1]["id"])
    return refused(lambda: desk.associate_new(talk, Person(text), JONAS))


def create(_office: Office, desk: Desk, text: str) -> Give:
    return refused(lambda: desk.contacts.create(Person(text), JONAS))


def import_(_office: Office, desk: Desk, text: str) -> Give:
    file = io.StringIO(newline="")
    csv.writer(file).writerows([["email"], [text]])
    file.seek(0)
    return lambda: list(import_contacts(desk.contacts, file, JONAS))


def refused(give: Give) -> Give:
    def attempt() -> None:
        with suppress(InvalidEmailError):
            give()

    return attempt


def someone(text: str) -> VisitorKey:
    return VisitorKey("webchat", "https://shop.example", f"visitor of {text!a}")
