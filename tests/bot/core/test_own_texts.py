"""Texts of the operator's own, in the visitor's language where there is one."""

from dataclasses import replace

import pytest

from bot.core.decisions import AskForEmail, ShowAway
from bot.core.model import Conversation
from bot.core.wording import texts
from config.own_texts import choose_text
from config.rules import Availability
from tests.factories import RULES, came_due, find, tell, wrote

OWN = {"de": "Ihre Mail?", "it": "La Sua mail?"}
ASKING = replace(RULES, message=OWN, locale="de")
AWAY = replace(RULES, away_message=OWN, availability=Availability.AWAY, locale="de")


@pytest.mark.parametrize(
    ("visitor", "language"), [("it-IT", "it"), ("de", "de"), ("fr", "de"), (None, "de")]
)
def test_each_visitor_is_asked_in_its_language_or_in_the_operators(
    visitor: str | None, language: str
) -> None:
    talk = Conversation("messenger", locale=visitor)
    [prompt] = find(AskForEmail, tell(wrote(), came_due(60), start=talk, rules=ASKING).last)
    assert prompt.text == f"{OWN[language]}\n\n{texts(language).automatic}"
    chat = Conversation("webchat", locale=visitor)
    [away] = find(ShowAway, tell(wrote(), start=chat, rules=AWAY).last)
    assert away.text == OWN[language]


def test_one_text_is_for_everybody_and_the_first_for_who_has_none() -> None:
    assert choose_text("Hello", "it", "en") == ("Hello", "en")
    assert choose_text({"nl": "Hoi", "fr": "Salut"}, "it", "en") == ("Hoi", "nl")
