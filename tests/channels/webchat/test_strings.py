"""The widget's words, in every language."""

import json
from pathlib import Path

import pytest

from bot.core.languages import LANGUAGES

_STRINGS = Path(__file__).parents[3] / "channels" / "webchat" / "widget" / "strings"
_NAMES = {"typing": "{name}", "email_suggestion": "{email}", "email_thanks": "{email}"}


def _read(language: str) -> dict[str, dict[str, object]]:
    strings: dict[str, dict[str, object]] = json.loads((_STRINGS / f"{language}.json").read_text())
    return strings


def test_the_widget_speaks_what_the_bot_speaks() -> None:
    assert {path.stem for path in _STRINGS.glob("*.json")} == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything(language: str) -> None:
    shape = {group: list(words) for group, words in _read(language).items()}
    assert shape == {group: list(words) for group, words in _read("en").items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_and_numbers_have_their_place(language: str) -> None:
    strings = _read(language)
    for key, name in _NAMES.items():
        assert str(strings["script"][key]).count(name) == 1
    for key, name in (("remove", "{name}"), ("too_large", "{n}")):
        assert str(strings["files"][key]).count(name) == 1
    for counted in (strings["script"]["unread"], strings["owner"]["earlier"]):
        assert isinstance(counted, dict)
        assert {"one", "other"} <= set(counted)
        assert all(words.count("{n}") == 1 for words in counted.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_widget_does_not_shout(language: str) -> None:
    assert "!" not in (_STRINGS / f"{language}.json").read_text()
