"""Throw-away addresses: domains whose mailboxes are made for one mail and gone after it.

The list is that of https://github.com/disposable-email-domains/disposable-email-domains (CC0),
renewed by `./run throwaway-domains FILE`, with its `disposable_email_blocklist.conf` as the file.
"""

import re
from datetime import date
from functools import cache
from pathlib import Path

LIST = Path(__file__).with_name("throw_away_domains.txt")
_HEAD = "# As of "
_DOMAIN = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")


class NotThatListError(ValueError):
    """The text is no list of domains, one a line."""


def is_throw_away(domain: str) -> bool:
    """Tell whether a domain, or one that it stands below, is a service of throw-away addresses."""
    labels = domain.split(".")
    above = (".".join(labels[start:]) for start in range(len(labels) - 1))
    return not _domains().isdisjoint(above)


def listed_on() -> date:
    """Say from which day the list is."""
    with LIST.open(encoding="ascii") as file:
        return date.fromisoformat(file.readline().removeprefix(_HEAD).strip())


def write_list(listed: str, day: date) -> str:
    """Write the list anew, as of a day. Raises NotThatListError for any other text."""
    lines = map(str.strip, listed.lower().splitlines())
    domains = {line for line in lines if line and not line.startswith("#")}
    if not domains or not all(map(_DOMAIN.fullmatch, domains)):
        raise NotThatListError
    return "\n".join([f"{_HEAD}{day}", *sorted(domains), ""])


@cache
def _domains() -> frozenset[str]:
    _head, *domains = LIST.read_text(encoding="ascii").splitlines()
    return frozenset(domains)
