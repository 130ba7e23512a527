"""The operator's own texts: one for everybody, or one for each of several languages."""

import json
from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias, get_args

from pydantic import BeforeValidator
from pydantic_settings import NoDecode

Locale = Literal["en", "it", "de", "fr", "es", "pt", "nl"]
OwnText: TypeAlias = str | Mapping[str, str]
"""A text, or texts by language."""


def _read(value: object) -> object:
    if isinstance(value, str) and value.lstrip().startswith("{"):
        return _check(_parse(value))
    return _check(value) if isinstance(value, dict) else value


def _parse(value: str) -> object:
    try:
        return json.loads(value)
    except RecursionError:
        raise ValueError from None


def _check(texts: object) -> object:
    if not isinstance(texts, dict) or not texts or not set(texts) <= set(get_args(Locale)):
        raise ValueError
    if not all(isinstance(each, str) and each.strip() for each in texts.values()):
        raise ValueError
    return texts


OwnTextGiven = Annotated[str | dict[str, str], NoDecode, BeforeValidator(_read)]
TAKES = 'a text, or a JSON object of texts by language: `{"en": "Hello", "it": "Ciao"}`'


def choose_text(text: OwnText, language: str, otherwise: str) -> tuple[str, str]:
    """Choose the text of a language, and say which language it is taken to be in.

    Where the language has none it is that of the operator's language, or the first.
    """
    if isinstance(text, str):
        return text, otherwise
    chosen = next(one for one in (language, otherwise, next(iter(text))) if one in text)
    return text[chosen], chosen


def all_texts(text: OwnText | None) -> tuple[str, ...]:
    """List the texts of all languages."""
    if text is None:
        return ()
    return (text,) if isinstance(text, str) else tuple(text.values())
