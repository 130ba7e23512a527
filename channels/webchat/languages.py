"""The widget's words, and which language somebody reads."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

_STRINGS = Path(__file__).parent / "widget" / "strings"

Words: TypeAlias = Mapping[str, Mapping[str, Any]]  # Any: texts, and texts by plural form
"""By the part of the widget that shows them: `launcher`, `script`, `page`."""


def read_strings() -> dict[str, Words]:
    """Read the words of every language."""
    return {path.stem: json.loads(path.read_text("utf-8")) for path in _STRINGS.glob("*.json")}


def choose(strings: Mapping[str, Words], *wishes: str) -> str:
    """Choose the first language that we speak of tags such as "pt-BR"; there must be one."""
    return next(language for wish in wishes if (language := _primary(wish)) in strings)


def _primary(tag: str) -> str:
    return tag.replace("_", "-").partition("-")[0].lower()
