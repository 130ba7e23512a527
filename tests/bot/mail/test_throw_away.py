"""Domains of throw-away addresses, and the list's renewal."""

from datetime import date

import pytest

from bot.mail.throw_away import LIST, NotThatListError, is_throw_away, listed_on, write_list


@pytest.mark.parametrize(
    ("domain", "is_one"),
    [
        ("mailinator.com", True),
        ("box.mailinator.com", True),
        ("no-mailinator.ch", False),
        ("gmail.com", False),
        ("com", False),
        ("shop.example", False),
    ],
)
def test_a_domain_is_throw_away_with_all_that_is_below_it(domain: str, *, is_one: bool) -> None:
    assert is_throw_away(domain) is is_one


def test_the_kept_list_is_what_the_command_writes() -> None:
    kept = LIST.read_text(encoding="ascii")
    assert write_list(kept, listed_on()) == kept


def test_a_list_is_written_with_its_day_in_order_and_each_domain_once() -> None:
    written = write_list("# of somebody\nB.example\n\na.example\nb.example\n", date(2026, 11, 30))
    assert written == "# As of 2026-11-30\na.example\nb.example\n"


@pytest.mark.parametrize("text", ["", "# nothing", "<html>", "a.example b.example", "nodot"])
def test_another_text_is_refused(text: str) -> None:
    with pytest.raises(NotThatListError):
        write_list(text, date(2026, 11, 30))
