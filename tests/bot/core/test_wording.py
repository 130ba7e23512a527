import re
from dataclasses import asdict, fields

import pytest

from bot.core.languages import LANGUAGES
from bot.core.wording import Texts, texts
from bot.core.words import is_no, is_yes

WITH_EMAIL = {"confirm", "confirm_without_mail", "thanks", "thanks_without_mail", "hint_typo"}
SAYS_AUTOMATIC = {
    "en": "automatic",
    "it": "automatico",
    "de": "automatische",
    "fr": "automatique",
    "es": "automático",
    "pt": "automática",
    "nl": "automatisch",
}

every_language = pytest.mark.parametrize("language", LANGUAGES)


def test_the_languages_are_those_that_can_be_chosen() -> None:
    assert set(LANGUAGES) == set(SAYS_AUTOMATIC)


@every_language
def test_what_asks_says_that_it_is_automatic(language: str) -> None:
    ours = texts(language)
    unmailed = (
        *(ours.prompt_without_mail, ours.prompt_away_without_mail),
        ours.confirm_without_mail,
    )
    for text in (ours.prompt, ours.prompt_away, *unmailed, ours.confirm, ours.automatic):
        assert SAYS_AUTOMATIC[language] in text.lower()


@every_language
def test_an_address_is_repeated_where_it_should_be_and_nothing_else_is(language: str) -> None:
    for name, text in asdict(texts(language)).items():
        assert re.findall(r"\{.*?\}", text) == (["{email}"] if name in WITH_EMAIL else [])


@every_language
def test_the_buttons_labels_fit_and_are_understood_when_typed(language: str) -> None:
    ours = texts(language)
    assert max(len(ours.yes), len(ours.no_thanks)) <= 20
    assert is_no(ours.no_thanks)
    assert is_yes(ours.yes)


@every_language
def test_every_text_is_short_and_friendly(language: str) -> None:
    for text in asdict(texts(language)).values():
        assert 0 < len(text) < 200
        assert "!" not in text
        assert text == " ".join(text.split())


def test_no_language_borrows_a_text_from_another() -> None:
    for field in fields(Texts):
        spoken = [getattr(texts(language), field.name) for language in LANGUAGES]
        assert len(set(spoken)) == len(spoken) or field.name == "yes", field.name


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("de", "de"),
        ("de_AT", "de"),
        ("pt-BR", "pt"),
        ("PT", "pt"),
        ("zh-Hant-TW", "nl"),
        ("", "nl"),
    ],
)
def test_a_locale_is_spoken_by_its_language(locale: str, language: str) -> None:
    assert texts(locale, "nl") is texts(language)


def test_an_unknown_language_everywhere_is_english() -> None:
    assert texts(None, "tlh") is texts("en")
    assert texts(None) is texts("en")
