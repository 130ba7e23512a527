"""What visitors write can call nobody, lead nowhere and break no line."""

import pytest

from bot.mail.mail import Mail, write
from bot.notifications.safe_text import defuse, one_line
from tests.factories import NOON

HOSTILE = "<!channel> <@U123> <https://evil.example|Reset password> @everyone evil.example"


def test_nobody_is_called_and_nothing_leads_away() -> None:
    harmless = defuse(HOSTILE, 500)
    for trigger in ("<!", "<@", "@U123", "@everyone", "://", "evil.example"):
        assert trigger not in harmless
    for word in ("channel", "Reset password", "everyone"):
        assert word in harmless


@pytest.mark.parametrize("link", ["[here](https://evil.example)", "[here](tel:123)", "[a][b]"])
def test_a_hidden_link_is_none(link: str) -> None:
    assert "](" not in defuse(link, 500)
    assert "][" not in defuse(link, 500)


@pytest.mark.parametrize("name", ["Bob\r\nBcc: v@x", "Bob\x85X", "Bob\u2028X", "Bob\u2029X\x00"])
def test_a_name_stays_on_its_line(name: str) -> None:
    line = one_line(name, 100)
    assert len(line.splitlines()) == 1
    assert line.startswith("Bob ")
    mail = write(Mail("ada@shop.example", f"{line} waits", "text"), "bot@shop.example", NOON)
    assert mail["Bcc"] is None
    assert mail["To"] == "ada@shop.example"


def test_writing_is_not_turned_round() -> None:
    assert one_line("a\u202eb\u200bc\ufeffd", 100) == "a b c d"


@pytest.mark.parametrize("text", ["3.14 is pi.", "Привет, как дела?", "我要退货", "👩‍👧 नमस्ते क्‍ष"])
def test_what_is_harmless_stays_as_it_is(text: str) -> None:
    assert defuse(text, 100) == text


def test_what_is_long_is_cut() -> None:
    assert one_line("x" * 1_000_000, 10) == "x" * 9 + "…"
