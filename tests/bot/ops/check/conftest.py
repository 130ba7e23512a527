"""An installation to look at, and short ways to say what was found."""

from collections.abc import Callable, Iterable

import pytest

from bot.findings import Finding
from bot.ops.check.examine import examine
from tests.environment import SetUp
from tests.factories import NOON

Check = Callable[..., list[Finding]]


@pytest.fixture
def check(set_up: SetUp) -> Check:
    """Examine an environment that holds nothing else."""

    def run(**environment: str) -> list[Finding]:
        return list(examine(set_up(**environment), NOON))

    return run


def about(subject: str, findings: Iterable[Finding]) -> list[str]:
    """What was said about something, without the advice."""
    return [
        f"{finding.state}: {finding.words}" for finding in findings if finding.subject == subject
    ]
