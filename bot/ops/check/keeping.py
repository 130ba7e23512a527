"""Retention: whether deleting goes on, and how much has gone."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.findings import Finding, attention, ok
from bot.storage.forgetting.erasing_steps import UnfinishedErasures

_SUBJECT = "deleting"
_LATE = timedelta(hours=1)


def check_keeping(unfinished: UnfinishedErasures, now: datetime) -> Iterator[Finding]:
    """Say whether what is hidden is deleted as well."""
    if unfinished.oldest and now - unfinished.oldest > _LATE:
        yield attention(
            _SUBJECT,
            f"{unfinished.count} erasures have waited for more than an hour.",
            "Nobody sees what they hide; a worker deletes it: does one run?",
        )
    elif unfinished.count:
        yield ok(_SUBJECT, f"{unfinished.count} erasures are under way.")
