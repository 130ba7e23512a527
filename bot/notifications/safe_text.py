"""Makes what visitors wrote harmless wherever a notice may be shown.

Chat applications make mentions, links and previews out of plain text, each by rules of its own. An
invisible joiner or another dot takes away what they look for, and a person still reads the same.
"""

import re
import unicodedata

_JOINER = "\u2060"
_DOT = "\u2024"
_DOT_OF_A_NAME = re.compile(r"(?<=[^\W_])\.(?=[^\W\d_]{2,})")
_TRIGGERS = re.compile(r"[@<]|:(?=//)|\](?=[(\[])")
_BREAKING = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_LEFT_AS_IT_IS = "\u200c\u200d"  # some scripts, and many an emoji, can't be written without


def one_line(text: str, limit: int) -> str:
    """Replace what would break a line, hide something or turn the writing round; cut what is long.

    A text that ends up in a header can't begin another one.
    """
    seen = "".join(letter if _is_plain(letter) else " " for letter in text[: 4 * limit])
    words = " ".join(seen.split())
    return words if len(words) <= limit else words[: limit - 1].rstrip() + "…"


def defuse(text: str, limit: int) -> str:
    """Quote a visitor: nobody is called, nothing can be clicked, nothing is looked up."""
    harmless = _TRIGGERS.sub(lambda found: found[0] + _JOINER, one_line(text, limit))
    return _DOT_OF_A_NAME.sub(_DOT, harmless)


def _is_plain(letter: str) -> bool:
    return unicodedata.category(letter) not in _BREAKING or letter in _LEFT_AS_IT_IS
