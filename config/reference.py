"""Writes docs/configuration.md from the settings themselves: it can tell no other story."""

from collections.abc import Iterator
from enum import Enum
from types import MappingProxyType

from pydantic.fields import FieldInfo

from config.settings import Settings

_INTRODUCTION = """\
# Configuration

Everything is set by environment variables, or by a file `.env` in the working folder; the
environment wins. An empty value counts as none. A value that can't be used stops the start with
one line that names the variable and what it takes, never what it holds. `./run check` says whether
all of it works together.

A random text for a secret: `python3 -c "import secrets; print(secrets.token_urlsafe(32))"`. What
Meta gives, or only Meta sees, has no least length.

This file is written by `./run configuration > docs/configuration.md`.
"""
_HEAD = "| variable | default | what it is | what it takes |\n|---|---|---|---|"
_SECTIONS = MappingProxyType(
    {
        "database_url": "The server",
        "messenger_app_secret": "Messenger",
        "webchat_allowed_origins": "Web chat",
        "capture_enabled": "Asking for an email",
        "smtp_url": "Mails to visitors, and their answers",
        "demo": "Trying it out",
    }
)
"""Headings by the first variable that stands under each."""


def write_reference() -> str:
    """Describe every variable an operator may set, in the order of the settings."""
    return _INTRODUCTION + "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    for name, field in Settings.model_fields.items():
        if field.exclude:
            continue  # between our own processes
        if name in _SECTIONS:
            yield f"\n## {_SECTIONS[name]}\n\n{_HEAD}"
        yield _row(name, field)


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
