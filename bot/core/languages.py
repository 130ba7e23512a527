"""The languages that visitors are spoken to in."""

from dataclasses import dataclass, fields
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class InEachLanguage(Generic[T]):
    """One text for all languages."""

    en: T
    it: T
    de: T
    fr: T
    es: T
    pt: T
    nl: T

    def of(self, language: str) -> T:
        """Give it in one of our languages."""
        found: T = getattr(self, language)
        return found


LANGUAGES = tuple(field.name for field in fields(InEachLanguage))


def language_of(locale: str | None, otherwise: str = "en") -> str:
    """Name the language of ours for a locale such as "pt-BR", or the one for another locale."""
    for wish in (locale, otherwise):
        language = (wish or "").replace("_", "-").partition("-")[0].lower()
        if language in LANGUAGES:
            return language
    return "en"
