"""Sentences that were written without sight of the rules: what is taken of them."""

from collections import Counter
from pathlib import Path

import pytest

from tests.bot.core.giving.test_giving import Sentence, is_taken, read_set

_DOCUMENT = Path(__file__).parents[4] / "docs" / "email-addresses.md"
_SENTENCES = list(read_set("unseen"))
_FIRST = 52
"""How many given addresses the first count found taken."""


@pytest.fixture(scope="module")
def taken() -> list[Sentence]:
    return [each for each in _SENTENCES if is_taken(each)]


def test_nobody_but_the_writer_is_taken(taken: list[Sentence]) -> None:
    assert [each for each in taken if each.label != "own"] == []


def test_the_document_tells_the_first_count_and_the_present_one(taken: list[Sentence]) -> None:
    given = sum(each.label == "own" for each in _SENTENCES)
    told = _DOCUMENT.read_text(encoding="utf-8")
    for when, count in (("first count", _FIRST), ("today", len(taken))):
        rest = f"{count} ({count / given:.1%}) | {len(_SENTENCES) - given} | 0 |"
        assert f"| `unseen.tsv`, {when} | {given} | {rest}" in told
    assert len(taken) >= _FIRST


def test_every_language_has_both_kinds() -> None:
    counted = Counter((each.language, each.label == "own") for each in _SENTENCES)
    assert {language for language, _ in counted} == {"en", "it", "de", "fr", "es", "pt", "nl"}
    assert set(counted.values()) == {10}
