"""Of a mail's parts what it says is found, whatever form its program gave it; nothing is lost."""

import base64
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.mail.inbound import MOST_BYTES, UnreadableMailError, read_mail
from tests.effort import effort, growth
from tests.hostile_mails import HOSTILE

MIXED = 'Content-Type: multipart/mixed; boundary="b"\n\n'
HEAD = "From: ada@example.com\nTo: reply@shop.example\n"


def raw(text: str, charset: str = "utf-8") -> bytes:
    return (HEAD + text).replace("\n", "\r\n").encode(charset)


def multipart(kind: str, *parts: str, boundary: str = "b") -> str:
    inside = "".join(f"--{boundary}\n{part}\n" for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\n\n{inside}--{boundary}--\n'


def part(text: str, kind: str = "text/plain", *fields: str) -> str:
    return "\n".join((f"Content-Type: {kind}", *fields, "", text))


EMPTY = part("\n")
PAGE = part("<p>Monday is <b>fine</b></p>", "text/html")
PICTURE = part(
    "x", "image/png", "Content-Disposition: inline; filename=logo.png", "Content-ID: <1>"
)
TNEF = part("x", "application/ms-tnef; name=winmail.dat")
FORWARDED = part("Subject: x\n\nold", "message/rfc822")
TEXT_FILE = part("x", "text/plain", "Content-Disposition: attachment; filename=a.txt")
INNER = multipart(
    "alternative", EMPTY, multipart("related", PAGE, PICTURE, boundary="c"), boundary="bb"
)
ALMOST_DIVIDED = f"{MIXED}--b  \n\nMon--b\n--bb\n--b--x\nday\n--b--"
PDF = part("x", "application/pdf", 'Content-Disposition: attachment; filename="a b.pdf"')


@pytest.mark.parametrize(
    ("body", "text", "files"),
    [
        (part("Monday"), "Monday", ()),
        ("\nMonday", "Monday", ()),
        (multipart("alternative", part("Monday"), PAGE), "Monday", ()),
        (multipart("alternative", PAGE, part("Monday")), "Monday", ()),
        (multipart("alternative", EMPTY, PAGE), "Monday is fine", ()),
        (multipart("alternative", part("\xa0\n\u200b"), PAGE), "Monday is fine", ()),
        (multipart("alternative", part("Monday"), part("x", "text/calendar")), "Monday", ()),
        (multipart("mixed", part("Monday"), PDF), "Monday", ("a b.pdf",)),
        (multipart("mixed", part("Mon"), PDF, part("day")), "Mon\n\nday", ("a b.pdf",)),
        (multipart("mixed", EMPTY, PICTURE, part("day")), "day", ("logo.png",)),
        (multipart("mixed", part("x", "image/jpeg")), "", ("image.jpeg",)),
        (multipart("mixed", TNEF), "", ("winmail.dat",)),
        (TNEF, "", ("winmail.dat",)),
        (multipart("mixed", part("Hi"), FORWARDED), "Hi", ("message.rfc822",)),
        (multipart("mixed", part("Hi"), TEXT_FILE), "Hi", ("a.txt",)),
        (multipart("related", PAGE, PICTURE), "Monday is fine", ()),
        (multipart("signed", part("Hi"), part("x", "application/pgp-signature")), "Hi", ()),
        (multipart("mixed", INNER, PDF), "Monday is fine", ("a b.pdf",)),
        ("Content-Type: multipart/mixed\n\nMonday", "Monday", ()),
        ('Content-Type: multipart/mixed; boundary="b"\n\nMonday', "Monday", ()),
        ('Content-Type: multipart/mixed; boundary="b"\n\n--b\n\nMonday', "Monday", ()),
        (ALMOST_DIVIDED, "Mon--b\n--bb\n--b--x\nday", ()),
        ('Content-Type: multipart/mixed;\n boundary = "b";\n x=y\n\n--b\n\nMonday', "Monday", ()),
        ("Content-Type: nonsense\n\nMonday", "Monday", ()),
        ("Subject: Size M please\n\n", "Size M please", ()),
        ("Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\n\n\n", "Grüße", ()),
        ("Subject: Re: ours\nIn-Reply-To: <1@x>\n\n", "", ()),
        (part("<html><head><title>x</title><body>Monday", "text/html"), "Monday", ()),
        (part("<head><p>Monday", "text/html"), "Monday", ()),
    ],
)  # fmt: skip
def test_what_a_mail_says_is_found(body: str, text: str, files: tuple[str, ...]) -> None:
    mail = read_mail(raw(body))
    assert (mail.text, mail.files) == (text, files)


@pytest.mark.parametrize(
    ("content", "fields"),
    [
        ("Grüße".encode(), 'charset="utf-8"'),
        ("Grüße".encode(), "charset=UTF8"),
        ("Grüße".encode("latin-1"), "charset=iso-8859-1"),
        ("Grüße".encode("latin-1"), "charset=us-ascii"),
        ("Grüße".encode("latin-1"), ""),
        ("Grüße".encode(), ""),
        ("Grüße".encode(), "charset=klingon"),
        ("Grüße".encode(), "charset=punycode"),
        ("Grüße".encode(), f"charset={'x' * 900}"),
        ("Grüße".encode("utf-16"), "charset=utf-16"),
        (b"Gr=C3=BC=C3=9Fe", "charset=utf-8\nContent-Transfer-Encoding: Quoted-Printable"),
        (b"Gr=FC=\r\n=DFe", "charset=latin-1\nContent-Transfer-Encoding: quoted-printable"),
        (base64.b64encode("Grüße".encode()), "charset=utf-8\nContent-Transfer-Encoding: base64"),
        (b"R3LDvMOf\r\nZQ", "charset=utf-8\nContent-Transfer-Encoding: BASE64"),
        ("Grüße".encode(), "charset=utf-8\nContent-Transfer-Encoding: base64"),
        ("Grüße".encode(), "charset=utf-8\nContent-Transfer-Encoding: x-unknown"),
    ],
)
def test_what_is_said_wrongly_about_its_letters_is_read_all_the_same(
    content: bytes, fields: str
) -> None:
    assert read_mail(raw(f"Content-Type: text/plain; {fields}\n\n") + content).text == "Grüße"


def test_what_a_server_adds_below_encoded_lines_is_read_too() -> None:
    encoded = base64.b64encode(b"Monday is fine").decode()
    body = f"Content-Transfer-Encoding: base64\n\n{encoded}\n-- \nSent by a list of ours?\n"
    assert read_mail(raw(body)).text == "Monday is fine\n--\nSent by a list of ours?"


@settings(deadline=None)
@given(
    text=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"])),
    encoding=st.sampled_from(["quoted-printable", "base64", "8bit"]),
    form=st.sampled_from(["alone", "alternative", "attachment"]),
)
def test_what_the_standard_library_writes_is_read(text: str, encoding: str, form: str) -> None:
    message = EmailMessage(policy=SMTP)
    message["From"] = "ada@example.com"
    message.set_content(f"Hello {text} there", cte=encoding)
    if form == "alternative":
        message.add_alternative(f"<p>{text}</p>", subtype="html")
    if form == "attachment":
        message.add_attachment(text.encode(), "application", "pdf", filename=f"a{text[:20]}.pdf")
    mail = read_mail(message.as_bytes())
    assert mail.text.split() == f"Hello {text} there".split()
    assert len(mail.files) == (form == "attachment")


PIECES = [
    b"Content-Type: ", b"multipart/mixed", b"multipart/report", b"; boundary=b", b"text/html",
    b"message/delivery-status", b"Content-Transfer-Encoding: base64", b"Content-Disposition: ",
    b"attachment", b"; filename*0*=", b"From: ", b"a@b.example", b"=?utf-8?q?", b"\r\n", b"--b",
    b"--", b"<a ", b'"', b"\xff", b"=", b"\0",
]  # fmt: skip


@settings(deadline=None)
@given(raw=st.binary(max_size=2_000) | st.lists(st.sampled_from(PIECES)).map(b"".join))
def test_no_bytes_do_any_harm(raw: bytes) -> None:
    try:
        mail = read_mail(raw)
    except UnreadableMailError:
        return
    assert "\0" not in mail.text
    mail.text.encode()
    "".join(mail.files).encode()


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_no_mail_takes_longer_than_it_is_long(make: Callable[[int], bytes]) -> None:
    assert growth(_read, make, MOST_BYTES // 8) < 2
    assert effort(lambda: _read(make(MOST_BYTES - 20_000)), 1) < 1


def _read(raw: bytes) -> None:
    try:
        read_mail(raw)
    except UnreadableMailError as error:
        assert error.reason  # noqa: PT017 - to be refused is an answer as well
