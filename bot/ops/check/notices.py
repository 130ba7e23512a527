"""Checks of notifications: whether they can leave, and whether anybody hears them."""

from collections.abc import Iterator

from bot.findings import Finding, attention, broken, ok
from bot.notifications.apprise import AppriseSender
from bot.ops.check.database import Records
from bot.ports.errors import OutcomeUnknownError
from bot.storage.team.webhook_endpoints import EndpointState
from config.settings import Settings

_SUBJECT = "notifications"


def check_notices(settings: Settings, records: Records) -> Iterator[Finding]:
    """Look at each target; nothing is sent, so that a check wakes nobody."""
    if not settings.notify_urls:
        yield attention(
            _SUBJECT,
            "No channel of the team's is told that a visitor waits: NOTIFY_URLS is empty.",
            "docs/notifications.md shows what to put there for Slack, Teams, mail and others.",
        )
    speaker = AppriseSender()
    try:
        for number, url in enumerate(settings.notice_rules.urls, 1):
            yield _check_url(number, url, speaker)
    finally:
        speaker.close()
    yield from _check_link(settings)
    yield from _check_programs(records)


def _check_url(number: int, url: str, speaker: AppriseSender) -> Finding:
    scheme = url.partition(":")[0].lower()
    subject = f"{_SUBJECT} {number} ({scheme})"
    try:
        is_known = speaker.knows(url)
    except OutcomeUnknownError:
        return broken(subject, "Apprise does not start.", "Is everything installed? See ./run.")
    if not is_known:
        return broken(
            subject,
            "Apprise can't read this URL of NOTIFY_URLS.",
            f"Its pages show how one for {scheme} looks: https://appriseit.com/services/.",
        )
    return ok(subject, "Apprise can read it.")


def _check_link(settings: Settings) -> Iterator[Finding]:
    if settings.notify_urls and settings.is_for_this_machine:
        yield attention(
            _SUBJECT,
            "Links in notices lead to this machine only.",
            "Set PUBLIC_URL to how your team reaches this server.",
        )


def _check_programs(records: Records) -> Iterator[Finding]:
    for program in records.programs:
        subject = f"webhook {program.id}"
        if program.state is EndpointState.ON:
            failed = records.failures.get(program.target)
            yield (
                attention(subject, f"The last delivery was not taken: {failed}")
                if failed
                else ok(subject, "It is on.")
            )
        elif program.reason:
            yield broken(
                subject,
                f"It was switched off: {program.reason}",
                "See /inbox/webhooks: switch it on again when it is back, or remove it.",
            )
