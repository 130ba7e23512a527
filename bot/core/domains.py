"""Tells which domains of addresses can exist: known endings, and one script in each label."""

import re
import unicodedata

import idna

from bot.core.top_level_domains import TOP_LEVEL_DOMAINS

_FOR_DOCUMENTS = frozenset({"example"})
"""RFC 2606 keeps it for examples: it receives no mail, and nobody can own a name in it."""
_EXAMPLES = frozenset({"example.com", "example.net", "example.org"})

_COMMON = frozenset({"com", "net", "org", "edu", "gov", "info", "biz", *_FOR_DOCUMENTS})
_SHARED_SCRIPTS = {"HIRAGANA": "CJK", "KATAKANA": "CJK", "KATAKANA-HIRAGANA": "CJK"}
_NEUTRAL = frozenset({"DIGIT", "HYPHEN-MINUS", "COMBINING", "MIDDLE", "ZERO"})


def exists(domain: str) -> bool:
    """Tell whether a domain, in its `xn--` form, ends in a top-level domain of IANA's list."""
    ending = domain.lower().rpartition(".")[2]
    return ending in TOP_LEVEL_DOMAINS or ending in _FOR_DOCUMENTS


def is_common(domain: str) -> bool:
    """Tell whether a domain ends as most do: in a country, or in one of the old endings."""
    ending = domain.lower().rpartition(".")[2]
    return len(ending) == 2 or ending in _COMMON  # noqa: PLR2004 - all countries have two letters


def is_for_documents(domain: str) -> bool:
    """Tell whether a domain is kept for examples: nobody has a mailbox there."""
    return domain.rpartition(".")[2] in _FOR_DOCUMENTS or domain in _EXAMPLES


def mixes_scripts(domain: str) -> bool:
    """Tell whether a label of a domain, in either form, holds letters of two scripts."""
    return any(len(_scripts(_shown(label))) > 1 for label in domain.split("."))


def ends_like_a_sentence(domain: str) -> bool:
    """Tell whether the last label may be the next sentence's first word: `example.org.My`."""
    *names, ending = domain.split(".")
    begins_large = ending[:1].isupper() and (ending[1:].islower() or "".join(names).islower())
    return len(names) > 1 and begins_large


def resembles(text: str) -> bool:
    """Tell whether a text looks like a domain that exists."""
    name, dot, _ = text.rpartition(".")
    return bool(dot and name) and re.fullmatch(r"[\w.-]+", text) is not None and exists(text)


def _shown(label: str) -> str:
    if not label.lower().startswith("xn--"):
        return label
    try:
        return idna.decode(label)
    except idna.IDNAError:
        return label


def _scripts(label: str) -> set[str]:
    words = {unicodedata.name(character, "UNKNOWN").split()[0] for character in label}
    return {_SHARED_SCRIPTS.get(word, word) for word in words - _NEUTRAL}
