"""Reads the enhanced status codes of mail servers (RFC 3463): what is about a mailbox itself."""

import re

MAILBOX_GONE = frozenset({"5.1.1", "5.1.2", "5.1.6", "5.1.10"})
"""There is no such mailbox or domain, or it has moved, or its domain takes no mail. Every other
code is about sender, relay, policy or the moment, and says nothing of the address."""
_CODE = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?![\d.])")


def read_status(words: str) -> str:
    """Read the code that a server's words begin with; empty: they begin with none."""
    found = _CODE.match(words.strip())
    return found[0] if found else ""
