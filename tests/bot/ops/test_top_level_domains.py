from pathlib import Path

import pytest

from bot.core import top_level_domains
from bot.core.domains import exists
from bot.core.top_level_domains import AS_OF, TOP_LEVEL_DOMAINS
from bot.ops.top_level_domains import NotTheListError, render, write_module

_HEAD = "# Version 2026113000, Last Updated Mon Nov 30 07:07:01 2026 UTC"


def test_the_module_is_what_the_command_writes() -> None:
    assert Path(top_level_domains.__file__).read_text() == render(AS_OF, TOP_LEVEL_DOMAINS)


def test_a_list_of_ianas_becomes_the_module_with_its_day() -> None:
    written = write_module(f"{_HEAD}\nCOM\nARPA\nXN--P1AI\nDE\n")
    assert 'AS_OF = "2026-11-30"' in written
    assert "\n    com de xn--p1ai\n" in written


@pytest.mark.parametrize("text", ["", "<html>", "COM\nDE", f"{_HEAD}\n<html>"])
def test_another_text_is_refused(text: str) -> None:
    with pytest.raises(NotTheListError):
        write_module(text)


@pytest.mark.parametrize(
    ("domain", "there"),
    [
        ("example.com", True),
        ("xn--e1afmkfd.xn--p1ai", True),
        ("EXAMPLE.MUSEUM", True),
        ("shop.example", True),
        ("example.con", False),
        ("example.test", False),
        ("printer.local", False),
        ("router.home.arpa", False),
        ("hidden.onion", False),
        ("localhost", False),
    ],
)
def test_a_domain_needs_a_top_level_domain_that_exists(domain: str, *, there: bool) -> None:
    assert exists(domain) is there
