"""The last check's findings for the operators' page."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from bot.notifications.watching import EVERY
from bot.storage.operations.checkup import Checkup, KeptFinding
from bot.web.inbox.conversation.times import ago
from config.concerns import Concern

_LOOKS = {
    "ok": ("well", "Works"),
    "needs attention": ("warn", "Check"),
    "broken": ("ill", "Broken"),
}
_WORST_FIRST = list(reversed(_LOOKS))


@dataclass(frozen=True, slots=True)
class InstallationHealth:
    """The findings, the worst first; `is_old` says that another look should have followed."""

    findings: list[tuple[str, str, KeptFinding]]
    """Each with how it looks, and its state in a word."""
    ago: str
    is_old: bool
    well: int
    """How many of them are well."""


def describe_health(
    checkup: Checkup | None, now: datetime, told: Collection[Concern]
) -> InstallationHealth | None:
    """Write down what was found but for what is told already; None: nobody has looked yet."""
    if checkup is None:
        return None
    known = [
        one
        for one in checkup.findings
        if one.state in _LOOKS and Concern(one.subject, one.words, one.advice) not in told
    ]
    return InstallationHealth(
        [
            (*_LOOKS[one.state], one)
            for one in sorted(known, key=lambda one: _WORST_FIRST.index(one.state))
        ],
        ago(checkup.at, now),
        now - checkup.at > 2 * EVERY,
        sum(one.state == "ok" for one in known),
    )
