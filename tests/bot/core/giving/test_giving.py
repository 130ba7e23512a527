"""How well addresses that are given are told from those that are mentioned."""

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.core.emails import read
from bot.core.giving import Manner, manner_of

_HERE = Path(__file__).parent
_DOCUMENT = _HERE.parents[3] / "docs" / "email-addresses.md"
_SETS = ("sentences", "sealed")


class Sentence(NamedTuple):
    language: str
    label: str
    address: str
    text: str


def read_set(name: str) -> Iterator[Sentence]:
    with (_HERE / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        next(rows)
        yield from (Sentence(*row) for row in rows)


def is_taken(sentence: Sentence) -> bool:
    reading = read(sentence.text)
    found = [address.email for address in reading.addresses]
    assert found == [sentence.address], sentence.text
    return reading.bare or manner_of(reading.around) is Manner.GIVEN


@pytest.mark.parametrize("name", _SETS)
def test_the_document_tells_how_many_are_taken(name: str) -> None:
    counted = Counter((each.label, is_taken(each)) for each in read_set(name))
    given, taken = sum(counted["given", each] for each in (False, True)), counted["given", True]
    mentioned, strangers = (
        sum(counted["mentioned", each] for each in (False, True)),
        counted["mentioned", True],
    )
    row = f"| `{name}.tsv` | {given} | {taken} ({taken / given:.1%}) | {mentioned} | {strangers} |"
    assert row in _DOCUMENT.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", _SETS)
def test_both_kinds_stand_in_every_language(name: str) -> None:
    counted = Counter((each.language, each.label) for each in read_set(name))
    assert {language for language, _ in counted} == {"en", "it", "de", "fr", "es", "pt", "nl"}
    assert min(counted.values()) >= 8


@pytest.mark.parametrize(
    ("text", "manner"),
    [
        ("my own email is \ufffc, thanks", Manner.GIVEN),
        ("my own is \ufffc", Manner.GIVEN),
        ("meine eigene Adresse ist \ufffc", Manner.GIVEN),
        ("ma propre adresse est \ufffc", Manner.GIVEN),
        ("mi propio correo es \ufffc", Manner.GIVEN),
        ("il mio proprio indirizzo è \ufffc", Manner.GIVEN),
        ("mijn eigen adres is \ufffc", Manner.GIVEN),
        ("meu próprio e-mail é \ufffc", Manner.GIVEN),
        ("my own boss is \ufffc", Manner.MENTIONED),
        ("his own email is \ufffc", Manner.MENTIONED),
        ("it is \ufffc's own", Manner.MENTIONED),
    ],
)
def test_the_own_address_is_given_and_nobody_elses(text: str, manner: Manner) -> None:
    assert manner_of(text) is manner
