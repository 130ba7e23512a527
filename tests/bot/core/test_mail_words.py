import re
from dataclasses import asdict, fields

import pytest

from bot.core.languages import LANGUAGES, language_of
from bot.core.mail_words import MailTexts, mail_texts

WITH_SITE = {
    "subject",
    "intro",
    "why",
    "back_text",
    "proof_subject",
    "proof_intro",
    "not_me_text",
}
every_language = pytest.mark.parametrize("language", LANGUAGES)


@every_language
def test_the_site_is_named_where_it_should_be_and_nothing_else_is(language: str) -> None:
    for name, text in asdict(mail_texts(language)).items():
        assert re.findall(r"\{.*?\}", text) == (["{site}"] if name in WITH_SITE else []), name


@every_language
def test_every_text_is_short_and_friendly(language: str) -> None:
    for text in asdict(mail_texts(language)).values():
        assert 0 < len(text) < 200
        assert "!" not in text
        assert text == " ".join(text.split())


def test_no_language_borrows_a_text_from_another() -> None:
    for field in fields(MailTexts):
        spoken = [getattr(mail_texts(language), field.name) for language in LANGUAGES]
        assert len(set(spoken)) == len(spoken), field.name


@pytest.mark.parametrize(
    ("locale", "otherwise", "language"),
    [("de_AT", "en", "de"), ("pt-BR", "it", "pt"), ("tlh", "it", "it"), (None, "tlh", "en")],
)
def test_a_locale_is_spoken_by_its_language(
    locale: str | None, otherwise: str, language: str
) -> None:
    assert language_of(locale, otherwise) == language
