"""How often somebody may guess at a password: by email, whoever asks, and by address."""

from collections.abc import Mapping
from types import MappingProxyType

from limits import RateLimitItemPerMinute

from bot.edge.limits import Allowance

SIGN_IN = "sign in"
_A_QUARTER = RateLimitItemPerMinute(20, 15)
GUESSES: Mapping[str, Allowance] = MappingProxyType(
    # an office behind one address counts anew with everybody who gets in
    {SIGN_IN: Allowance(visitor=_A_QUARTER, address=_A_QUARTER)}
)
