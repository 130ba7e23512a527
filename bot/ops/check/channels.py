"""Every channel: what workers found out about its accounts, and what it says of itself."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from bot.core.model import VisitorKey
from bot.findings import Finding, attention, broken
from bot.ops.check.database import Records
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
        known = ChannelRecords(_states(facts, records), _visitors(facts, records))
        yield from kind.check(handed, known)


def _states(facts: ChannelFacts, records: Records) -> dict[str, list[Finding]]:
    return {
        account.account: list(_describe(facts, account))
        for account in records.accounts
        if account.channel == facts.name
    }


def _visitors(facts: ChannelFacts, records: Records) -> dict[str, VisitorKey] | None:
    if records.visitors is None:
        return None
    return {each.account: each for each in records.visitors if each.channel == facts.name}


def _describe(facts: ChannelFacts, account: Account) -> Iterator[Finding]:
    subject = f"{facts.account_title.lower()} {account.account}"
    match account.state:
        case AccountState.OK:
            return
        case AccountState.PROBING:
            yield attention(subject, "After trouble, one message is tried.")
        case AccountState.PAUSED:
            until = f" until {account.until:%Y-%m-%d %H:%M} UTC" if account.until else ""
            yield attention(subject, f"Sending pauses{until}: {account.reason}")
        case AccountState.STOPPED:
            advice = f"A new token starts it again. {facts.credential_advice}"
            yield broken(subject, f"Sending is stopped: {account.reason}", advice)
        case _:
            assert_never(account.state)
