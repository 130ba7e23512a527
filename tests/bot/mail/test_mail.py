"""What a mail is made of, and that no text makes more of it than was meant."""

from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import pytest

from bot.mail.mail import Mail, one_line, write
from tests.factories import NOON
from tests.mail_server import read_mail

SENDER = "Northwind <chat@shop.example>"


def sent(**changes: Any) -> EmailMessage:  # noqa: ANN401 - as a mail has them
    mail = replace(Mail("ada@example.com", "Hello", "Hi"), **changes)
    return read_mail(write(mail, SENDER, NOON).as_bytes().replace(b"\r\n", b"\n"))


@pytest.mark.parametrize(
    "name",
    ["Bob\r\nBcc: v@x.example", "Bob\x85X", "Bob\u2028X", "Bob\x00X", "Bob\x0bX", "\ud800Bob"],
)
def test_no_name_makes_a_header_or_a_second_recipient(name: str) -> None:
    mail = sent(subject=f"{name} has written", headers=(("X-About", name),))
    assert mail["Bcc"] is None
    assert [address.addr_spec for address in mail["To"].addresses] == ["ada@example.com"]
    assert mail["Subject"] == one_line(f"{name} has written")
    assert "Bob" in mail["Subject"]
    assert "\n" not in mail["X-About"]


def test_an_address_with_a_line_in_it_is_never_written() -> None:
    with pytest.raises(ValueError, match="CR or LF"):
        sent(to="ada@example.com\r\nBcc: v@x.example")


def test_a_thread_can_be_followed() -> None:
    mail = sent(key="3@shop.example", earlier=("1@shop.example", "2@shop.example"))
    assert mail["Message-ID"] == "<3@shop.example>"
    assert mail["In-Reply-To"] == "<2@shop.example>"
    assert mail["References"] == "<1@shop.example> <2@shop.example>"


def test_a_mail_without_a_key_gets_one_of_the_senders_domain() -> None:
    assert str(sent()["Message-ID"]).endswith("@shop.example>")


def test_it_can_be_ended_with_one_click_and_calls_for_no_automatic_answer() -> None:
    mail = sent(unsubscribe="https://chat.example/mail/u/1")
    assert mail["List-Unsubscribe"] == "<https://chat.example/mail/u/1>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"


def test_what_programs_read_stands_in_the_headers_as_it_is_however_long() -> None:
    keys = tuple(f"{n}@{'very-' * 20}long.example" for n in range(1, 21))
    address = f"https://chat.example/mail/unsubscribe/{'0123456789' * 20}"
    mail = Mail("ada@example.com", "Hello", "Hi", key=keys[-1], earlier=keys, unsubscribe=address)
    raw = write(mail, SENDER, NOON).as_bytes()
    assert f"\r\nList-Unsubscribe: <{address}>\r\n".encode() in raw
    assert f"\r\nMessage-ID: <{keys[-1]}>\r\n".encode() in raw
    assert f"\r\nIn-Reply-To: <{keys[-1]}>\r\n".encode() in raw
    references = "\r\n ".join(f"<{key}>" for key in keys)
    assert f"\r\nReferences: {references}\r\n".encode() in raw
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert read_mail(raw.replace(b"\r\n", b"\n"))["References"].split() == references.split()


def test_both_parts_come_through_in_any_language() -> None:
    mail = sent(subject="Grüße 👋", text="Grüß Gott\n.\nÀ bientôt", html="<p>Grüß Gott</p>")
    plain, html = mail.iter_parts()
    assert mail["Subject"] == "Grüße 👋"
    assert plain.get_content() == "Grüß Gott\n.\nÀ bientôt\n"
    assert html.get_content() == "<p>Grüß Gott</p>\n"
    assert mail["From"] == SENDER
