"""Writes bot/core/top_level_domains.py from IANA's list of top-level domains."""

import re
import textwrap
from collections.abc import Iterable
from datetime import UTC, datetime

_HEAD = re.compile(r"# Version \d+, Last Updated \w{3} (\w{3} +\d+ [\d:]+ \d{4}) UTC")
_NAME = re.compile(r"[A-Z0-9-]+")
_LEFT_OUT = frozenset({"arpa"})  # the Internet's own names: no mail goes there
_MODULE = '''\
"""The top-level domains of the Internet: names of IANA's root zone, without `arpa`.

Renewed by `./run top-level-domains FILE`, with IANA's `tlds-alpha-by-domain.txt` as the file.
"""

AS_OF = "{day}"
"""The day on which the list was IANA's."""

_NAMES = """
{names}
"""

TOP_LEVEL_DOMAINS = frozenset(_NAMES.split())
"""Lower-case and ASCII: the `xn--` form of names in other scripts."""
'''


class NotTheListError(ValueError):
    """The text is not IANA's `tlds-alpha-by-domain.txt`."""


def write_module(listed: str) -> str:
    """Write the module of IANA's list. Raises NotTheListError for any other text."""
    head, *lines = listed.splitlines() or [""]
    dated = _HEAD.fullmatch(head)
    if dated is None or not all(map(_NAME.fullmatch, lines)):
        raise NotTheListError
    day = datetime.strptime(dated[1], "%b %d %H:%M:%S %Y").replace(tzinfo=UTC)
    return render(f"{day:%Y-%m-%d}", set(map(str.lower, lines)) - _LEFT_OUT)


def render(day: str, names: Iterable[str]) -> str:
    """Write the module of a list of names as of a day."""
    wrapped = textwrap.fill(
        " ".join(sorted(names)),
        width=96,
        initial_indent="    ",
        subsequent_indent="    ",
        break_on_hyphens=False,
        break_long_words=False,
    )
    return _MODULE.format(day=day, names=wrapped)
