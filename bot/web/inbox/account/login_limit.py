"""Limits on sign-in guesses, which strangers reach and agents don't."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType

from limits import RateLimitItemPerMinute

from bot.core.emails import Address, validate
from bot.edge.limits import Allowance, Limits, TooOftenError

SIGN_IN = "sign in"
_FROM_A_KNOWN_BROWSER = "sign in from a known browser"
_FAILED = "failed sign in"
_FAILED_FROM = "failed sign in from an address"
_NAMED = "addresses that an untrusted proxy has named"
_QUARTER = 15  # minutes
_A_QUARTER = RateLimitItemPerMinute(20, _QUARTER)
_COUNTED = RateLimitItemPerMinute(10_000, _QUARTER)
GUESSES: Mapping[str, Allowance] = MappingProxyType(
    {
        # an office behind one address counts anew with everybody who gets in
        SIGN_IN: Allowance(visitor=_A_QUARTER, address=_A_QUARTER),
        _FROM_A_KNOWN_BROWSER: Allowance(visitor=_A_QUARTER, address=None),
        _FAILED: Allowance(visitor=_COUNTED, address=None),
        _FAILED_FROM: Allowance(visitor=_COUNTED, address=None),
        _NAMED: Allowance(visitor=_COUNTED, address=None),
    }
)
_MOST_NAMED = 20
"""So many addresses that fail behind a proxy which nobody trusts are taken for made up."""
_AT_FULL_SPEED = 20  # failures for one email
_EACH_COSTS = 0.25  # seconds
_LONGEST_WAIT = 5.0
_LONGEST_EMAIL = 320


@dataclass(frozen=True, slots=True)
class Guess:
    """A try to sign in."""

    agent: str
    """A hash of the email: whoever reads the counters should not find emails."""
    address: str
    browser: str | None
    """The browser's name, if this agent has signed in there before."""
    sender: str | None = None
    """A proxy that names the address and is not trusted: it may be made up."""

    @property
    def limit(self) -> tuple[str, str, str]:
        """The keys that a try is counted under; none is shared by a stranger and the agent."""
        if self.browser:
            return _FROM_A_KNOWN_BROWSER, f"{self.agent} {self.browser}", ""
        return SIGN_IN, f"{self.agent} {self.address}", self.address


def name_agent(email: str) -> str:
    """Hash an email, however it is written."""
    typed = email[:_LONGEST_EMAIL]
    address = validate(typed)
    key = address.key if isinstance(address, Address) else typed.strip().lower()
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class LoginLimit:
    """Counts tries, and slows down those at an email that many have failed at."""

    limits: Limits
    pause: Callable[[float], Awaitable[object]]

    async def spend(self, guess: Guess) -> None:
        """Let a try pass, perhaps after a while, or raise TooOftenError."""
        if guess.browser:
            await self.limits.spend(*guess.limit)
            return
        if guess.sender and await self.limits.count(_NAMED, guess.sender) >= _MOST_NAMED:
            raise TooOftenError(_QUARTER * 60)
        await self.limits.spend(*guess.limit)
        await self._slow_down(guess)

    async def _slow_down(self, guess: Guess) -> None:
        failures = await self.limits.count(_FAILED, guess.agent)
        seconds = min((failures - _AT_FULL_SPEED) * _EACH_COSTS, _LONGEST_WAIT)
        if seconds > 0:
            await self.pause(seconds)

    async def fail(self, guess: Guess) -> None:
        """Take note of a wrong password; known browsers slow nobody down."""
        if guess.browser:
            return
        with suppress(TooOftenError):  # so many need not be counted
            await self.limits.spend(_FAILED, guess.agent, "")
            if guess.sender:
                await self._note_sender(guess.sender, guess.address)

    async def _note_sender(self, sender: str, address: str) -> None:
        if not await self.limits.count(_FAILED_FROM, address):
            await self.limits.spend(_NAMED, sender, "")
        await self.limits.spend(_FAILED_FROM, address, "")

    async def forgive(self, guess: Guess) -> None:
        """Forget the tries of who got in."""
        await self.limits.forgive(*guess.limit)
