"""Mails are read by the modern policy, within bounds, and never believed too much."""

import time
import zipfile
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from io import BytesIO

import pytest

from bot.mail.inbound import MOST_BYTES, UnreadableMailError, read_mail
from tests.letters import answer, bounce, raw_answer

TO = "reply+0123456789abcdef0123456789abcdef@shop.example"


def test_an_answer_is_read() -> None:
    mail = read_mail(answer(TO, "Monday is fine.\n"))
    assert (mail.sender, mail.text) == ("ada@example.com", "Monday is fine.")
    assert not mail.is_automatic
    assert not mail.is_forged
    assert mail.bounce is None


def test_the_same_mail_has_the_same_key_and_another_has_not() -> None:
    assert read_mail(answer(TO)).key == read_mail(answer(TO, "changed on the way")).key
    assert read_mail(answer(TO)).key != read_mail(answer(TO, key="a2@example.com")).key


@pytest.mark.parametrize(
    "line",
    [
        b"From: alice@corp.test <mallory@evil.test>",
        b'From: "alice@corp.test" <mallory@evil.test>',
        b"From: =?utf-8?q?alice=40corp.test?= <mallory@evil.test>",
        b"From: ada@example.com, mallory@evil.test",
        b"From: ada@example.com\r\nFrom: mallory@evil.test",
        b"From: <ada@example.com> mallory@evil.test",
        b"From: undisclosed-recipients:;",
        b"From:",
        b"X-From: ada@example.com",
    ],
)
def test_an_ambiguous_sender_is_nobody(line: bytes) -> None:
    assert read_mail(raw_answer(TO, line)).sender is None


def test_a_line_break_in_an_encoded_word_is_no_header() -> None:
    line = b"From: =?utf-8?q?a=0ABcc:victim=40x.test?= <mallory@evil.test>"
    with pytest.raises(UnreadableMailError, match="could not be read"):
        read_mail(raw_answer(TO, line))


@pytest.mark.parametrize(
    ("verdict", "is_forged"),
    [
        ("mx; dmarc=pass", False),
        ("", False),
        ("mx; dmarc=fail; spf=pass", True),
        ("mx; spf=fail; dkim=pass", False),
        ("mx; spf=fail; dkim=none", True),
        ("mx; spf=softfail", False),
        ("mx; DMARC = Fail (p=reject)", True),
    ],
)
def test_what_the_receiving_server_found_counts(verdict: str, *, is_forged: bool) -> None:
    assert read_mail(answer(TO, verdict=verdict)).is_forged is is_forged


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated"},
        {"Precedence": "bulk"},
        {"Precedence": "Junk"},
        {"X_Autoreply": "yes"},
        {"X_Auto_Response_Suppress": "All"},
        {"Return_Path": "<>"},
        {"List_Id": "<list.example>"},
        {"X_Whosthere": "1"},
    ],
)
def test_what_a_program_wrote_is_known(headers: dict[str, str]) -> None:
    assert read_mail(answer(TO, **headers)).is_automatic


def test_saying_that_nothing_is_automatic_is_no_sign_of_a_program() -> None:
    assert not read_mail(answer(TO, Auto_Submitted="no")).is_automatic


def test_a_bounce_says_whom_it_is_about() -> None:
    mail = read_mail(bounce("ada@example.com", key="k1@shop.example", reply_to=TO))
    assert mail.bounce
    assert mail.bounce.failed == (("ada@example.com", "5.1.1"),)
    assert mail.is_automatic


def test_of_a_report_about_many_a_few_are_read() -> None:
    many = ", ".join(f"a{number}@example.com" for number in range(70))
    mail = read_mail(bounce(many, reply_to=TO))
    assert mail.bounce
    assert mail.bounce.failed == tuple((f"a{number}@example.com", "5.1.1") for number in range(20))


def test_a_delay_is_no_failure() -> None:
    mail = read_mail(bounce("ada@example.com", status="4.2.2"))
    assert mail.bounce
    assert mail.bounce.failed == ()


def _nested(depth: int) -> bytes:
    head = "".join(
        f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(depth)
    )
    return f"From: ada@example.com\r\nTo: {TO}\r\n{head}Content-Type: text/plain\r\n\r\nx".encode()


def _parts(count: int) -> bytes:
    parts = "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" * count
    head = f'From: ada@example.com\r\nTo: {TO}\r\nContent-Type: multipart/mixed; boundary="b"'
    return f"{head}\r\n\r\n{parts}--b--".encode()


@pytest.mark.parametrize(
    "bomb",
    [_nested(500), _nested(39) + b"\r\n--" * 3_000, _parts(10_000), _parts(1_900),
     b"From: a@b.example\r\n\r\n" + b"x" * MOST_BYTES, b"A: " + b"(" * 50_000 + b"\r\n\r\n"
     + b"\r\n--x" * 3_000],
    ids=["nested", "both", "parts", "fewer parts", "large", "comment"],
)  # fmt: skip
def test_a_bomb_is_refused_cheaply(bomb: bytes) -> None:
    started = time.process_time()
    with pytest.raises(UnreadableMailError):
        read_mail(bomb)
    assert time.process_time() - started < 2


def test_a_zip_is_named_and_never_opened() -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", b"\0" * 10_000_000)
    message = message_from_bytes(answer(TO), policy=SMTP)
    assert isinstance(message, EmailMessage)
    message.add_attachment(packed.getvalue(), "application", "zip", filename="bomb.zip")
    mail = read_mail(message.as_bytes())
    assert (mail.text, mail.files) == ("Monday is fine.", ("bomb.zip",))


@pytest.mark.parametrize(
    "raw",
    [b"", b"\0\0\0", b"no header at all", b"\xff\xfe\r\n\r\n\xff", b"From: \xff@\xfe\r\n\r\n\x00",
     b"Content-Type: text/plain; charset=klingon\r\n\r\nqapla\x00",
     b"Content-Type: multipart/mixed\r\n\r\nno boundary",
     b"Content-Transfer-Encoding: base64\r\n\r\n!!!!"],
)  # fmt: skip
def test_no_bytes_do_any_harm(raw: bytes) -> None:
    try:
        mail = read_mail(raw)
    except UnreadableMailError:
        return
    assert "\0" not in mail.text


def test_only_html_is_read_too() -> None:
    raw = (
        b"From: ada@example.com\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        b"<p>Gr\xc3\xbc\xc3\x9fe</p><blockquote>old</blockquote>"
    )
    assert read_mail(raw).text == "Grüße"
