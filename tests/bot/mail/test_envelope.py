"""Whom a mail is for is known before any of it is parsed, whatever it holds."""

from collections.abc import Callable

import pytest

from bot.mail.envelope import Envelope, read_envelope
from bot.mail.headers import MOST_HEADER_BYTES, split_head
from tests.effort import effort, growth
from tests.letters import answer, bounce

OURS = "reply@shop.example"
TOKEN = "0123456789abcdef" * 2
TO = f"reply+{TOKEN}@shop.example"
KEY = "fedcba9876543210" * 2
NOBODY = Envelope((), ())


def test_an_answer_is_for_the_conversation_whose_address_it_went_to() -> None:
    assert read_envelope(answer(TO), OURS) == Envelope((TOKEN,), ())


@pytest.mark.parametrize(
    "header",
    [
        f"To: Northwind <{TO}>",
        f"to:{TO}",
        f"To: a@b.example,\r\n\t{TO.upper()}",
        f"Cc: {TO}",
        f"To: reply@shop.example\r\nDelivered-To: {TO}",
        f"X-Original-To: {TO}",
        f"Envelope-To: <{TO}>",
        f"X-Forwarded-To: {TO}",
        f"From ada Mon Nov 23\r\nTo: {TO}",
        f"To: Gr\xfc\xdfe {TO}",
        f'To: "{TO}" <{TO}>',
    ],
)
@pytest.mark.parametrize("newline", ["\r\n", "\n", "\r"])
def test_it_is_found_in_each_header_that_says_where_a_mail_went(header: str, newline: str) -> None:
    raw = f"{header}\r\nFrom: ada@example.com\r\n\r\nHello".replace("\r\n", newline)
    assert read_envelope(raw.encode("latin-1"), OURS).tokens == (TOKEN,)


@pytest.mark.parametrize(
    "raw",
    [
        f"Subject: {TO}\r\n\r\n{TO}",
        f"Reply-To: {TO}\r\n\r\n",
        f"To: x{TO}\r\n\r\n",
        f"To: {TO}.evil.example\r\n\r\n",
        f"To: {TO.replace('shop.', 'shopx')}\r\n\r\n",
        f"To: reply+{TOKEN[:-1]}@shop.example\r\n\r\n",
        f"Subject: x\r\n\r\nTo: {TO}",
        f"Subject: x\r\nno header\r\nTo: {TO}",
        f"To: a@b.example\r\n\r\nMessage-ID: <{KEY}@shop.example>",
        "",
        "\r\n",
    ],
)
def test_a_mail_that_went_elsewhere_is_for_nobody(raw: str) -> None:
    assert read_envelope(raw.encode(), OURS) == NOBODY


def test_a_report_is_known_by_what_it_brings_back() -> None:
    raw = bounce("ada@example.com", key=f"{KEY}@shop.example", reply_to=TO)
    assert read_envelope(raw, OURS) == Envelope((TOKEN,), (KEY,))
    folded = raw.replace(b"Message-ID: <" + KEY.encode(), b"Message-ID:\r\n <" + KEY.encode())
    assert read_envelope(folded, OURS).keys == (KEY,)


def test_of_many_guesses_few_are_looked_up() -> None:
    guesses = ", ".join(f"reply+{number:032x}@shop.example" for number in range(2_000))
    assert len(read_envelope(f"To: {guesses}\r\n\r\n".encode(), OURS).tokens) == 10


HOSTILE: dict[str, Callable[[int], bytes]] = {
    "one long word": lambda size: b"To: " + b"a" * size,
    "guesses": lambda size: b"To: " + b"reply+0123456789abcdef" * (size // 22),
    "almost": lambda size: b"To: " + f"{TO}x,".encode() * (size // 53),
    "blank lines": lambda size: b"To:\r\n" + b" \r\n" * (size // 3),
    "names": lambda size: b"a:\n" * (size // 3),
    "to": lambda size: b"to:\n" * (size // 4),
    "parameters": lambda size: b"Content-Type: multipart/report" + b';a="' * (size // 4),
    "keys": lambda size: (
        b"Content-Type: multipart/report\n\n" + b"message-id:          <" * (size // 22)
    ),
    "lines of keys": lambda size: (
        b"Content-Type: multipart/report\n\n" + b"message-id:\n" * (size // 12)
    ),
    "colons": lambda size: b":" * size,
    "carriage returns": lambda size: b"a:" + b"\r" * size,
}


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_it_costs_no_more_than_its_capped_length(make: Callable[[int], bytes]) -> None:
    assert growth(lambda raw: read_envelope(raw, OURS), make, MOST_HEADER_BYTES // 4) < 2
    assert effort(lambda: read_envelope(make(10 * 1024 * 1024), OURS), 0.25) < 0.25


def test_a_header_that_never_ends_is_read_up_to_its_cap() -> None:
    raw = b"To: a@b.example\r\n" * 100_000
    assert split_head(raw).end <= MOST_HEADER_BYTES + 17
