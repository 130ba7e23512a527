"""Reads the enhanced status codes of mail servers (RFC 3463): what is about a mailbox itself."""

import re

MAILBOX_GONE = frozenset({"5.1.1", "5.1.2", "5.1.6", "5.1.10"})
"""There is no such mailbox or domain, or it has moved, or its domain takes no mail. Every other
code is about sender, relay, policy or the moment, and says nothing of the address."""
_OUR_STATUS = ("5.7.", "5.1.7", "5.1.8")
_OUR_WORDS = re.compile(r"relay|policy|not owned|sender|\b(?:spf|dkim|dmarc)\b|reputation|listed")
_WORD = re.compile(r"[^\s<>()\[\]\"',;]+")
_LONGEST = 300
_CODE = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?![\d.])")


def is_our_fault(code: int, words: str) -> bool:
    """Say whether a refusal for good is about sender, relay or policy: not about one mail."""
    status, said = read_status(words), words.lower()
    if code < 500 or status in MAILBOX_GONE:  # noqa: PLR2004 - SMTP's "never"
        return False
    return status.startswith(_OUR_STATUS) or bool(_OUR_WORDS.search(said))


def quote(words: bytes) -> str:
    """Repeat a server's words in one line, without the addresses in them."""
    line = " ".join(words.decode(errors="replace").split())
    shown = "".join(letter if letter.isprintable() else "\ufffd" for letter in line)
    return f"“{_WORD.sub(_without_address, shown)[:_LONGEST]}”"


def _without_address(word: re.Match[str]) -> str:
    return "…" if "@" in word[0] else word[0]


def read_status(words: str) -> str:
    """Read the code that a server's words begin with; empty: they begin with none."""
    found = _CODE.match(words.strip())
    return found[0] if found else ""
