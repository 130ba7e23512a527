"""Findings of a check: the state of a subject, and what to do about it."""

from dataclasses import asdict, dataclass
from enum import StrEnum


class State(StrEnum):
    """The state of a checked subject."""

    OK = "ok"
    ATTENTION = "needs attention"
    BROKEN = "broken"


_WIDTH = max(map(len, State))


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding about one subject; its words never hold a token, a secret or a visitor's text."""

    state: State
    subject: str
    words: str
    advice: str = ""

    def as_line(self) -> str:
        """Write it for a person."""
        said = f"{self.words} {self.advice}".rstrip()
        return f"{self.state:<{_WIDTH}}  {self.subject}: {said}"

    def as_dict(self) -> dict[str, str]:
        """Write it for a program."""
        return asdict(self)


def ok(subject: str, words: str) -> Finding:
    """Say that all is well."""
    return Finding(State.OK, subject, words)


def attention(subject: str, words: str, advice: str = "") -> Finding:
    """Say that it works, but not as well as it might, or not for long."""
    return Finding(State.ATTENTION, subject, words, advice)


def broken(subject: str, words: str, advice: str = "") -> Finding:
    """Say that something can't work like this."""
    return Finding(State.BROKEN, subject, words, advice)
