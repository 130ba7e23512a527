"""The audience of a message: everybody in the conversation, an address's owner, or agents alone.

Everybody is written as None. Agents read all there is.
"""

from typing import NewType

Audience = NewType("Audience", str)
AGENTS = Audience("agents")
_OWNER = "owner:"


def owner_of(email_key: str) -> Audience:
    """Name the browsers that have proved this address."""
    return Audience(f"{_OWNER}{email_key}")
