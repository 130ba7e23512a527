"""Of an answer only what is new counts."""

import time

import pytest

from bot.mail.quotes import new_part, plain_of_html

OURS = "##- Please write your answer above this line -##\n\nYou wrote to us"
QUOTED = "\n".join("> " + line for line in OURS.splitlines())


@pytest.mark.parametrize(
    "introduction",
    [
        "On Sun, 22 Nov 2026 at 17:30, Northwind <reply+01@shop.example>\nwrote:",
        "Am So., 22. Nov. 2026 um 17:30 Uhr schrieb Northwind <reply+01@shop.example>:",
        "Le dim. 22 nov. 2026 à 17:30, Northwind <reply+01@shop.example> a écrit :",
        "Il giorno dom 22 nov 2026 alle ore 17:30 Northwind <r@shop.example> ha scritto:",
        "El dom, 22 nov 2026 a las 17:30, Northwind (<r@shop.example>) escribió:",
        "Op zo 22 nov 2026 om 17:30 schreef Northwind <r@shop.example>:",
        "Em dom., 22 de nov. de 2026 às 17:30, Northwind <r@shop.example> escreveu:",
        "2026年11月22日(日) 17:30 Northwind <r@shop.example>:",
    ],
)
@pytest.mark.parametrize("quoted", [OURS, QUOTED, ">\n" + QUOTED, "|" + OURS])
def test_what_stands_below_is_not_new(introduction: str, quoted: str) -> None:
    assert new_part(f"Monday is fine.\n\n{introduction}\n\n{quoted}") == "Monday is fine."


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("Hello\r\nthere", "Hello\nthere"),
        ("Here is what I need:\n\n1. a\n2. b", "Here is what I need:\n\n1. a\n2. b"),
        ("Yes\n\n-----Original Message-----\nFrom: Northwind\nSent: now\nTo: x\nSubject: y", "Yes"),
        (f"My list:\n\na@b at 10:30 is fine\n\n{OURS}", "My list:\n\na@b at 10:30 is fine"),
        ("", ""),
        (OURS, ""),
    ],
)
def test_what_somebody_has_written_stays(text: str, new: str) -> None:
    assert new_part(text) == new


@pytest.mark.parametrize(
    "hostile",
    ["On " * 20_000, "\n" * 50_000, "On a wrote" * 5_000, "Op " * 20_000, "> " * 30_000,
     "##" * 30_000, " " * 60_000 + ":", "Il giorno " * 300],
)  # fmt: skip
def test_m07_no_text_takes_long_to_read(hostile: str) -> None:
    started = time.process_time()
    new_part(hostile)
    assert time.process_time() - started < 2


def test_a_page_is_read_as_text_without_what_it_quotes() -> None:
    html = (
        "<html><head><style>p{}</style><title>x</title></head><body><p>Monday&nbsp;is <b>fine</b>"
        "</p><div>Bye</div><script>alert(1)</script><blockquote><p>You wrote</p></blockquote>"
    )
    assert plain_of_html(html).split() == ["Monday", "is", "fine", "Bye"]
