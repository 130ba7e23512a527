"""Whatever mail has letters outside its quote is no empty message, and plain words stay whole."""

from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from html import escape
from typing import TypeAlias

from hypothesis import given
from hypothesis import strategies as st

from bot.mail.html_text import plain_of_html
from bot.mail.inbound import read_mail
from bot.mail.own_words import OwnWords
from bot.mail.quotes import new_part, says_something
from tests.bot.mail.sample_mails import own_words
from tests.bot.mail.test_quotes import INTRODUCTIONS, OURS, QUOTED

NOTHING = OwnWords()
HEADER = "From: Northwind <r@shop.example>\nSent: 22 Nov 2026 17:30\nTo: a@b\nSubject: Our reply"
QUOTES = [
    *(f"{each}\n\n{QUOTED}" for each in INTRODUCTIONS),
    *(f"{each}\n{OURS}" for each in INTRODUCTIONS),
    f"{HEADER}\n\n{OURS}",
    f"{'_' * 32}\n{HEADER}\n\n{OURS}",
    f"-----Original Message-----\n{HEADER}\n\n{OURS}",
    QUOTED,
    OURS,
]
Form: TypeAlias = Callable[[str, str, str, str], EmailMessage]


def plain(above: str, quote: str, below: str, encoding: str) -> EmailMessage:
    mail = EmailMessage()
    mail.set_content(f"{above}\n\n{quote}\n\n{below}", cte=encoding)
    return mail


def page(above: str, quote: str, below: str, encoding: str) -> EmailMessage:
    mail, (before, quoted, after) = EmailMessage(), map(escape, (above, quote, below))
    written = f"<html><body><div>{before}</div><blockquote>{quoted}</blockquote><p>{after}"
    mail.set_content(written, subtype="html", cte=encoding)
    return mail


def both(above: str, quote: str, below: str, encoding: str) -> EmailMessage:
    mail = plain(above, quote, below, encoding)
    mail.add_alternative(page(above, quote, below, encoding).get_content(), subtype="html")
    return mail


def page_beside_nothing(above: str, quote: str, below: str, encoding: str) -> EmailMessage:
    mail = plain("", "", "", encoding)
    mail.add_alternative(page(above, quote, below, encoding).get_content(), subtype="html")
    return mail


def with_a_file(above: str, quote: str, below: str, encoding: str) -> EmailMessage:
    mail = plain(above, quote, below, encoding)
    mail.add_attachment(b"PNG", "image", "png", filename="tent.png")
    return mail


FORMS = (plain, page, both, page_beside_nothing, with_a_file)
PIECES = ("bitte", "Größe", "size", "Размер", "M", "4711", "ja", "oui", "да", "是的", "👍")
WORDS = st.lists(st.sampled_from(PIECES), min_size=1)
LINE = WORDS.map(" ".join)
PARAGRAPH = st.lists(LINE, min_size=1, max_size=3).map("\n".join)


@given(above=st.text(), quote=st.sampled_from(QUOTES), below=st.text(), own=st.booleans())
def test_letters_outside_the_quote_are_no_empty_message(
    above: str, quote: str, below: str, *, own: bool
) -> None:
    text = f"{above}\n\n{quote}\n\n{below}"
    if says_something(above) or says_something(below):
        assert says_something(new_part(text, own_words("en") if own else NOTHING))


@given(above=PARAGRAPH, quote=st.sampled_from(QUOTES), own=st.booleans())
def test_words_above_a_quote_are_all_that_is_new(above: str, quote: str, *, own: bool) -> None:
    assert new_part(f"{above}\n\n{quote}", own_words("en") if own else NOTHING) == above


@given(above=PARAGRAPH, below=PARAGRAPH, inside=PARAGRAPH, intro=st.sampled_from(INTRODUCTIONS))
def test_words_around_and_inside_a_marked_quote_are_kept_in_order(
    above: str, below: str, inside: str, intro: str
) -> None:
    text = f"{above}\n\n{intro}\n{QUOTED}\n\n{inside}\n\n> and more\n\n{below}"
    assert new_part(text) == f"{above}\n\n{inside}\n\n{below}"


@given(words=st.text(), quote=st.sampled_from(["<blockquote>", "<div class=yahoo_quoted>"]))
def test_words_of_a_page_are_no_empty_message(words: str, quote: str) -> None:
    words = words.replace("<", "").replace("&", "")
    if says_something(words):
        assert says_something(
            new_part(plain_of_html(f"{quote}You wrote</blockquote></div>{words}"))
        )


@given(
    above=st.text(),
    quote=st.sampled_from(QUOTES),
    below=st.text(),
    form=st.sampled_from(FORMS),
    encoding=st.sampled_from(["base64", "quoted-printable", "8bit"]),
)
def test_no_mail_with_letters_outside_its_quote_is_an_empty_message(
    above: str, quote: str, below: str, form: Form, encoding: str
) -> None:
    mail = form(above, quote, below, encoding)
    if says_something(above) or says_something(below):
        assert says_something(read_mail(mail.as_bytes(policy=SMTP)).text)
