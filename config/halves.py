"""Variables that are nothing without another one: a start with half of them would mislead."""

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic_settings import BaseSettings


@dataclass(frozen=True, slots=True)
class Half:
    """A variable, by its field, and what it needs: one of these others."""

    given: str
    needs: tuple[str, ...]
    else_: str
    """What would be wrong, as the end of a sentence."""


def find_missing(variables: BaseSettings, halves: Iterable[Half]) -> str | None:
    """Say in one line which variable is missing, and why it must not be."""
    for half in halves:
        if getattr(variables, half.given) and not any(
            getattr(variables, one) for one in half.needs
        ):
            missing = " or ".join(name.upper() for name in half.needs)
            return f"{missing}: not set, though {half.given.upper()} is; {half.else_}."
    return None
