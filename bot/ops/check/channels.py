"""Every channel: what workers found out about its accounts, and what it says of itself."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from bot.core.model import VisitorKey
from bot.findings import Finding, attention
from bot.ops.check.database import Records
from bot.ops.check.stops import describe_stop
from bot.storage.outbox.accounts import Account, AccountState
from bot.wiring.channels import given
from bot.wiring.settings import kinds_of
from channels.base import ChannelRecords
from config.channel_facts import ChannelFacts
from config.settings import Settings


def check_channels(settings: Settings, records: Records, now: datetime) -> Iterator[Finding]:
    """Let each channel look at its accounts."""
    handed = replace(given(settings), clock=lambda: now)
    for kind in kinds_of(settings):
        facts = kind.variables.facts
        known = ChannelRecords(_states(facts, records, settings), _visitors(facts, records))
        yield from kind.check(handed, known)


def _states(facts: ChannelFacts, records: Records, settings: Settings) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for account in records.accounts:
        if account.channel == facts.name:
            found.setdefault(account.account, []).extend(_describe(facts, account))
    for stop in records.stops:
        if stop.channel == facts.name:
            finding = describe_stop(stop, settings, _subject(facts, stop.account))
            found.setdefault(stop.account, []).append(finding)
    return found


def _visitors(facts: ChannelFacts, records: Records) -> dict[str, VisitorKey] | None:
    if records.visitors is None:
        return None
    return {each.account: each for each in records.visitors if each.channel == facts.name}


def _describe(facts: ChannelFacts, account: Account) -> Iterator[Finding]:
    subject = _subject(facts, account.account)
    match account.state:
        case AccountState.PROBING:
            yield attention(subject, "After trouble, one message is tried.")
        case AccountState.PAUSED:
            until = f" until {account.until:%Y-%m-%d %H:%M} UTC" if account.until else ""
            yield attention(subject, f"Sending pauses{until}: {account.reason}")
        case AccountState.OK | AccountState.STOPPED:
            return


def _subject(facts: ChannelFacts, account: str) -> str:
    return f"{facts.account_title.lower()} {account}"
