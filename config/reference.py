"""Writes docs/configuration.md from the settings themselves: it can tell no other story."""

from collections.abc import Iterator, Sequence
from enum import Enum
from types import MappingProxyType

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from config.settings import Settings
from config.variables.channel import ChannelVariables

_INTRODUCTION = """\
# Configuration

Everything is set by environment variables, or by a file `.env` in the working folder; the
environment wins. An empty value counts as none. A value that can't be used stops the start with
one line that names the variable and what it takes, never what it holds; so does one that is missing
beside what is nothing without it. `./run check` says whether all of it works together.

A random text for a secret: `python3 -c "import secrets; print(secrets.token_urlsafe(32))"`. What
Meta gives, or only Meta sees, has no least length.

This file is written by `./run configuration > docs/configuration.md`.
"""
_HEAD = "| variable | default | what it is | what it takes |\n|---|---|---|---|"
_SECTIONS = MappingProxyType(
    {
        "database_url": "The server",
        "capture_enabled": "Asking for an email",
        "smtp_url": "Mails to visitors, and their answers",
        "demo": "Trying it out",
    }
)
"""Headings by the first variable that stands under each."""


def write_reference(channels: Sequence[type[ChannelVariables]]) -> str:
    """Describe every variable an operator may set, the channels' behind the server's."""
    sections = list(_sections())
    sections[1:1] = [(each.facts.title, list(_rows(each))) for each in channels]
    written = (f"\n## {heading}\n\n{_HEAD}\n" + "\n".join(rows) for heading, rows in sections)
    return _INTRODUCTION + "\n".join(written) + "\n"


def _sections() -> Iterator[tuple[str, list[str]]]:
    heading, rows = "", list[str]()
    for name, row in zip(_names(Settings), _rows(Settings), strict=True):
        if name in _SECTIONS and rows:
            yield heading, rows
            rows = []
        heading = _SECTIONS.get(name, heading)
        rows.append(row)
    yield heading, rows


def _names(kind: type[BaseSettings]) -> list[str]:
    # what is left out is between our own processes
    return [name for name, field in kind.model_fields.items() if not field.exclude]


def _rows(kind: type[BaseSettings]) -> Iterator[str]:
    return (_row(name, kind.model_fields[name]) for name in _names(kind))


def _row(name: str, field: FieldInfo) -> str:
    extra = field.json_schema_extra
    accepts = extra["accepts"] if isinstance(extra, dict) else ""
    cells = (f"`{name.upper()}`", _default(field.default), field.description, accepts)
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


def _default(value: object) -> str:
    if value is None or value in ((), {}):
        return "none"
    match value:
        case bool():
            return f"`{str(value).lower()}`"
        case Enum():
            return f"`{value.value}`"
        case tuple():
            return f"`{','.join(value)}`"
        case _:
            return f"`{value}`"
