"""Tells whether a sentence gives an address as the writer's own, or only mentions one."""

import re
from enum import StrEnum

from bot.core.giving import de, en, es, fr, it, nl, pt
from bot.core.giving.grammar import ADDRESS

_GRAMMARS = (en.GRAMMAR, it.GRAMMAR, de.GRAMMAR, fr.GRAMMAR, es.GRAMMAR, pt.GRAMMAR, nl.GRAMMAR)
_SENTENCE = re.compile(r"[^.!?\n\u3002\uff01\uff1f]*[.!?\n\u3002\uff01\uff1f]*")
_MOST_SENTENCES = 100
_QUOTED = re.compile(r"^\s*[>|]|[\"\u201c\u201e\u00ab]", re.MULTILINE)


class Manner(StrEnum):
    """Whether a message gives an address or only mentions it."""

    GIVEN = "given"
    MENTIONED = "mentioned"
    NEGATED = "negated"
    """The writer says not to use it, or that it is not theirs."""


def manner_of(around: str) -> Manner:
    """Judge a message by its words around one address, which U+FFFC stands for."""
    if _is_given(around):
        return Manner.GIVEN
    sentences = [each for each in _sentences(around) if ADDRESS in each]
    if any(grammar.negates(each) for grammar in _GRAMMARS for each in sentences):
        return Manner.NEGATED
    return Manner.MENTIONED


def _is_given(around: str) -> bool:
    if _QUOTED.search(around):
        return False
    if any(grammar.gives(around) for grammar in _GRAMMARS):
        return True
    sentences = _sentences(around)
    return len(sentences) > 1 and any(
        grammar.gives_as_own(each) for grammar in _GRAMMARS for each in sentences
    )


def _sentences(text: str) -> list[str]:
    found = [each for each in _SENTENCE.findall(text) if each.strip()]
    return found[:_MOST_SENTENCES]
