"""Rate limits of the web chat by visitor, address and site."""

from collections.abc import Mapping
from types import MappingProxyType

from limits import RateLimitItemPerHour, RateLimitItemPerMinute, RateLimitItemPerSecond

from bot.edge.limits import Allowance

ADDRESS_TAKEN = "address taken"
"""Counts the emails that are taken, known ones too; a call that gives none costs nothing."""
ALLOWANCES: Mapping[str, Allowance] = MappingProxyType(
    {
        "message": Allowance(
            RateLimitItemPerSecond(20, 10),
            RateLimitItemPerSecond(300, 10),
            RateLimitItemPerSecond(3_000, 10),  # a wider network's, in the place of the site's
        ),
        ADDRESS_TAKEN: Allowance(None, RateLimitItemPerHour(60), RateLimitItemPerHour(1_000)),
        "email": Allowance(RateLimitItemPerMinute(10), RateLimitItemPerMinute(120)),
        "file": Allowance(
            RateLimitItemPerMinute(30, 10),
            RateLimitItemPerMinute(150, 10),
            RateLimitItemPerMinute(1_500, 10),  # as above
        ),
        "reading": Allowance(RateLimitItemPerSecond(100, 10), RateLimitItemPerSecond(1_000, 10)),
        "opening": Allowance(None, RateLimitItemPerSecond(300, 10)),
    }
)
"""The address's share is that of an office or a campus behind one router."""
