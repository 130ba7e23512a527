"""What is said to who gives another address once one is proved."""

import pytest

from bot.core.languages import LANGUAGES
from bot.core.proof_words import thanks_to_prove


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_names_the_address_once(language: str) -> None:
    text = thanks_to_prove(language)
    assert text.count("{email}") == 1
    assert len(text) < 200
    assert "!" not in text


def test_no_language_borrows_from_another() -> None:
    assert len({thanks_to_prove(language) for language in LANGUAGES}) == len(LANGUAGES)
