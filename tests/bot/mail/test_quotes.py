"""Of an answer only what is new counts; and all of it, if nothing else can be told."""

from functools import partial

import pytest

from bot.mail.html_text import MOST_LETTERS, plain_of_html
from bot.mail.quotes import new_part, says_something
from tests.effort import effort, growth, repeated

MARKED = "##- Please write your answer above this line -##"
OURS = f"{MARKED}\n\nYou wrote to us"
QUOTED = "\n".join(f"> {line}".strip() for line in OURS.splitlines())
INTRODUCTIONS = [
    "On Sun, 22 Nov 2026 at 17:30, Northwind <reply+01@shop.example>\nwrote:",
    "Am So., 22. Nov. 2026 um 17:30 Uhr schrieb Northwind <reply+01@shop.example>:",
    "Le dim. 22 nov. 2026 à 17:30, Northwind <reply+01@shop.example> a écrit :",
    "Il giorno dom 22 nov 2026 alle ore 17:30 Northwind <r@shop.example> ha scritto:",
    "El dom, 22 nov 2026 a las 17:30, Northwind (<r@shop.example>) escribió:",
    "Op zo 22 nov 2026 om 17:30 schreef Northwind <r@shop.example>:",
    "Em dom., 22 de nov. de 2026 às 17:30, Northwind <r@shop.example> escreveu:",
    "2026年11月22日(日) 17:30 Northwind <r@shop.example>:",
]


@pytest.mark.parametrize("introduction", INTRODUCTIONS)
@pytest.mark.parametrize("quoted", [OURS, QUOTED, ">\n" + QUOTED, "|" + OURS])
@pytest.mark.parametrize("gap", ["\n", "\n\n", "\n" * 14, "\n" * 40])
def test_what_stands_below_is_not_new(introduction: str, quoted: str, gap: str) -> None:
    assert new_part(f"Monday is fine.{gap}{introduction}\n\n{quoted}") == "Monday is fine."


@pytest.mark.parametrize("introduction", INTRODUCTIONS)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_an_answer_below_the_quote_is_new(introduction: str, gap: str) -> None:
    below = f"{introduction}{gap}{QUOTED}\n\nSize M please"
    assert new_part(below) == "Size M please"
    assert new_part(f"See below.\n\n{below}") == "See below.\n\nSize M please"


def test_answers_inside_the_quote_are_new() -> None:
    inside = f"{INTRODUCTIONS[0]}\n{QUOTED}\n> Which size?\nM\n> Where to?\n\nNorway"
    assert new_part(inside) == "M\n\nNorway"


@pytest.mark.parametrize(
    "text",
    [
        OURS,
        QUOTED,
        f"{INTRODUCTIONS[0]}\n\n{OURS}\n\nSize M please",
        f"{INTRODUCTIONS[0]}\n> Size M please",
        "From: Rome\nDate: May 3\nSubject: a parcel",
        "> Size M please",
        "-----Original Message-----",
    ],
)
def test_of_what_can_not_be_told_apart_all_is_kept(text: str) -> None:
    assert new_part(text) == text


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("Hello\r\nthere", "Hello\nthere"),
        ("Here is what I need:\n\n1. a\n2. b", "Here is what I need:\n\n1. a\n2. b"),
        ("Yes\n\n-----Original Message-----\nFrom: Northwind\nSent: now\nTo: x\nSubject: y", "Yes"),
        (f"My list:\n\na@b at 10:30 is fine\n\n{OURS}", "My list:\n\na@b at 10:30 is fine"),
        ("Ja\n\n____________\nVon: N\nGesendet: heute\nAn: x\nBetreff: y\n\nz", "Ja"),
        ("Ja\n\n*Von:* N\n*Gesendet:* heute\n*Betreff:* y\n\nz", "Ja"),
        ("Oui\n\nDe : N\nEnvoyé : hier\nÀ : x\nObjet : y\n\nz", "Oui"),
        ("> 5 of these\nplease", "> 5 of these\nplease"),
        ("Ship:\nFrom: Rome\nTo: Oslo\nDate: May 3", "Ship:\nFrom: Rome\nTo: Oslo\nDate: May 3"),
        ("On Monday he wrote:\nno", "On Monday he wrote:\nno"),
        ("", ""),
        ("\u200b\n\xa0\n", ""),
    ],
)  # fmt: skip
def test_what_somebody_has_written_stays(text: str, new: str) -> None:
    assert new_part(text) == new


HOSTILE = [
    "On ", "\n", "On a wrote", "On x@y wrote\n", "on 1:00 wrote:\n", "on 1:00 @\n", "1:00:\n",
    "Op ", "> ", ">\n", "##", "##-\n", "> ##-\n", " ", " \n", "|\n", "Il giorno ", "From:\n",
    "De :\nÀ :\n", "_" * 10 + "\n", "From: x\nSent:\n", "--\n", "1", ":", "\u200b", "\u0301",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_no_text_takes_long_to_read(piece: str) -> None:
    assert growth(new_part, partial(repeated, piece), 10_000) < 2
    text = f"Hello\n{repeated(piece, 1_000_000)}\n{OURS}"
    assert effort(lambda: new_part(text), 0.5) < 0.5


def test_the_mail_that_froze_a_process_is_read_at_once() -> None:
    text = "Hello there" + "\n" * 40 + f"Sent from my phone\n{QUOTED}"
    assert effort(lambda: new_part(text), 0.1) < 0.1
    assert new_part(text) == "Hello there"


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>Monday&nbsp;is <b>fine</b></p><div>Bye</div>", "Monday is fine\n\nBye"),
        ("<div>a</div><div>b</div><div><br></div><div>c</div>", "a\nb\n\nc"),
        ("<style>p{}</style><title>x</title><SCRIPT>alert(1)</Script >Hi<!-- no -->", "Hi"),
        ("<html><head><meta charset=x><p>Hi", "Hi"),
        ("<html><head><title>x</title><body>Hi", "Hi"),
        ("<title>Hi", "Hi"),
        ("<style>Hi", "Hi"),
        ("<!-- Hi", "Hi"),
        ("<!DOCTYPE html><?xml x?><![if x]>Hi<![endif]>", "Hi"),
        ("<a title='a > b' href=\"x>\">Hi</a>", "Hi"),
        ("I have 5 <b and more</p>.", "I have 5 and more\n\n."),
        ("1 < 2 && <3 &lt;3 &amp;amp; &#8364;", "1 < 2 && <3 <3 &amp; €"),
        (f"&#{'9' * 5_000};Hi", f"&#{'9' * 5_000};Hi"),
        ("Hi<", "Hi<"),
        ("Hi</p", "Hi"),
        ("<img src=x>", ""),
    ],
)
def test_a_page_is_read_as_text(page: str, text: str) -> None:
    assert plain_of_html(page) == text


@pytest.mark.parametrize(
    ("page", "new"),
    [
        ("<p>Monday</p><blockquote><p>You wrote</p></blockquote>", "Monday"),
        ("<blockquote><p>You wrote</p></blockquote><p>Monday</p>", "Monday"),
        ("<blockquote>Which?<br></blockquote>M<blockquote>Where?</blockquote>Oslo", "M\nOslo"),
        (f"<p>Monday</p><div>{INTRODUCTIONS[1]}</div><blockquote>{MARKED}", "Monday"),
        (f"<div>{INTRODUCTIONS[1]}</div><blockquote>{MARKED}</blockquote>Monday", "Monday"),
        (f"Monday<div>{MARKED}</div>You wrote", "Monday"),
        ("<blockquote>Monday", "> Monday"),
        ("<blockquote><blockquote>Monday</blockquote></blockquote></blockquote>", "> Monday"),
    ],
)
def test_what_a_page_quotes_is_not_new(page: str, new: str) -> None:
    assert new_part(plain_of_html(page)) == new


PAGES = [
    "<a ", "<", "<a>", '<a "', '<a ">', "<a '><b \">", "<!--", "<!", "<?", "<style>",
    "<style></styl", "<title></Title", "<blockquote>", "</blockquote>", "&", "&#1",
    "&notin", "&#x", "<br>", "<p>x", "\n", " ", "</", "<a" + " " * 3_990, '<a "' + "x" * 3_990,
    "<div>x </div>", "<" + "a" * 31, "<a =",
]  # fmt: skip


@pytest.mark.parametrize("piece", PAGES)
def test_no_page_takes_long_to_read(piece: str) -> None:
    assert growth(plain_of_html, partial(repeated, piece), MOST_LETTERS // 4) < 2
    page = repeated(piece, 10_000_000)
    assert effort(lambda: plain_of_html(page), 1) < 1


@pytest.mark.parametrize(
    ("text", "says"),
    [("a", True), ("👍", True), ("?", True), ("\u200b\ufeff \xa0\n\u0301", False), ("", False)],
)
def test_an_empty_text_is_known(text: str, *, says: bool) -> None:
    assert says_something(text) is says
