"""The reader of mails is counted over answers that were written without sight of it."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.bot.mail.unseen_mails import HOME, Unseen, unseen_mails, unseen_pages

DOCS = Path(__file__).parents[3] / "docs" / "email.md"
SETS = {"both forms": list(unseen_mails()), "the page alone": list(unseen_pages())}
FIRST = {"both forms": (112, 70, 0, 35), "the page alone": (76, 53, 1, 20)}
"""How many mails, exactly right ones, lost ones and ones that showed ours the first count found."""


def count(mails: Iterable[Unseen]) -> tuple[int, int, int, int]:
    found = [(each.is_exact, each.loses_words, each.shows_ours) for each in mails]
    exact, lost, shown = (sum(column) for column in zip(*found, strict=True))
    return len(found), exact, lost, shown


def row(told: str, counted: tuple[int, int, int, int]) -> str:
    return "| {} | {} | {} | {} | {} |".format(told, *counted)


@pytest.mark.parametrize("name", SETS)
def test_the_documentation_tells_the_first_count_and_the_present_one(name: str) -> None:
    told = DOCS.read_text("utf-8").splitlines()
    assert row(f"{name}, first count", FIRST[name]) in told
    assert row(f"{name}, today", count(SETS[name])) in told


@pytest.mark.parametrize("name", SETS)
def test_no_later_count_is_worse_than_the_first(name: str) -> None:
    mails, exact, lost, shown = count(SETS[name])
    first_mails, first_exact, first_lost, first_shown = FIRST[name]
    assert mails == first_mails
    assert exact >= first_exact
    assert lost <= first_lost
    assert shown <= first_shown


def test_there_are_enough_unseen_mails_of_enough_kinds() -> None:
    mails = SETS["both forms"]
    assert len(list(HOME.glob("*.txt"))) == len(mails)
    assert len({each.form for each in mails}) >= 60
    assert len({each.language for each in mails}) >= 20
