"""Texts made from a pattern itself, on which a careless one takes more time than they are long."""

import re
from collections.abc import Iterable, Iterator
from re import _compiler as compiler  # type: ignore[attr-defined] # the one way into a pattern
from re import _constants as kinds
from re import _parser as parser
from typing import Any, TypeAlias

Tree: TypeAlias = Iterable[tuple[Any, Any]]
_REPEATS = (kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT)
_ASSERTIONS = (kinds.ASSERT, kinds.ASSERT_NOT)
_LONG = 20  # what may come more often than this is worth pumping up
_LETTERS = "a1 .!-\n@x\"'<>:;/\\漢"


def pumps(pattern: re.Pattern[Any]) -> set[tuple[str, str]]:
    """Give what to begin with, and what to repeat, to make each part of a pattern work hardest."""
    text = pattern.pattern
    text = text.decode("latin-1") if isinstance(text, bytes) else text
    tree = parser.parse(text, pattern.flags & ~re.UNICODE)
    whole = _sample(tree)
    found = {*_repeats(tree), *(("", whole[:end]) for end in (1, len(whole) // 2, -1, None))}
    found |= {("", before + piece) for before, piece in found}
    return {(before, piece) for before, piece in found if piece}


def _repeats(tree: Tree) -> Iterator[tuple[str, str]]:
    before = ""
    for kind, value in tree:
        if kind in _REPEATS and value[1] > _LONG:
            yield before, _sample(value[2])
        for inner in _inside(kind, value):
            yield from ((before + start, piece) for start, piece in _repeats(inner))
        before += _sample([(kind, value)])


def _inside(kind: Any, value: Any) -> list[Tree]:  # noqa: ANN401 - the parser's own
    if kind in _REPEATS:
        return [value[2]]
    if kind is kinds.SUBPATTERN:
        return [value[3]]
    if kind is kinds.BRANCH:
        return list(value[1])
    if kind in _ASSERTIONS:
        return [value[1]]
    return [value] if kind is kinds.ATOMIC_GROUP else []


def _sample(tree: Tree) -> str:
    return "".join(_text(kind, value) for kind, value in tree)


def _text(kind: Any, value: Any) -> str:  # noqa: ANN401 - as above
    if kind in {kinds.LITERAL, kinds.NOT_LITERAL, kinds.ANY, kinds.IN}:
        return _letter(kind, value)
    if kind in _ASSERTIONS:
        return ""
    times = max(1, value[0]) if kind in _REPEATS else 1
    return "".join(map(_sample, _inside(kind, value)[:1])) * times


def _letter(kind: Any, value: Any) -> str:  # noqa: ANN401 - as above
    tree = parser.SubPattern(parser.State(), [(kind, value)])
    listed = value if kind is kinds.IN else [(kind, value)]
    literals = [chr(each) for name, each in listed if name is kinds.LITERAL]
    starts = [chr(each[0]) for name, each in listed if name is kinds.RANGE]
    matches = compiler.compile(tree, re.DOTALL).fullmatch
    return str(next(filter(matches, [*literals, *_LETTERS, *starts])))
