"""Descriptions of variables."""

from typing import Any

from pydantic import Field


def setting(default: Any, what: str, accepts: str) -> Any:  # noqa: ANN401 - as pydantic's Field
    """Describe a variable for docs/configuration.md, and for the line that refuses a value."""
    return Field(default, description=what, json_schema_extra={"accepts": accepts})
