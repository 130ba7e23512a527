"""Shortens a script of ours as far as its meaning allows: what compression can't do."""

import re
import string
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

_PIECE = re.compile(r'"[^"\n]*"|`[^`]*`|[A-Za-z_$][\w$]*|\d[\w.]*|\s+|=>|\?\.|.', re.DOTALL)
_NAME, _IN_WORDS = re.compile(r"[A-Za-z_$]"), re.compile(r"[\w$]")
_HOLE = re.compile(r"(?<=\$\{)[^}]*(?=\})")
_DECLARED = re.compile(r"\b(?:const|let) \[?(\w+(?:, \w+)*)|\((\w+(?:, \w+)*)\) =>")
_OPENING, _CLOSING = {"(", "[", "{"}, {")", "]", "}"}
_LETTERS = string.ascii_letters


def shorten(script: str) -> str:
    """Leave out blanks, and name by letters what the script itself declares.

    It ends its statements with semicolons, has no regular expressions, and quotes with `"` or as a
    template only what holds no such sign itself.
    """
    pieces = [piece for piece in _PIECE.findall(script) if not piece.isspace()]
    declared = {name for lists in _DECLARED.findall(script) for name in "".join(lists).split(", ")}
    names = _short_names(pieces, declared - _properties(pieces))
    return _join(_merge(pieces), names)


def _properties(pieces: Sequence[str]) -> set[str]:
    """List the names that the world outside knows too: after a dot, or as a key between braces."""
    found, brackets = set(), [""]
    for before, piece, after in zip(["", *pieces], pieces, [*pieces[1:], ""], strict=False):
        if piece in _OPENING:
            brackets.append(piece)
        elif piece in _CLOSING:
            brackets.pop()
        is_key = brackets[-1] == "{" and before in {"{", ","} and after in {":", ",", "}"}
        if is_key or before in {".", "?."}:
            found.add(piece)
    return found


def _short_names(pieces: Sequence[str], declared: set[str]) -> Mapping[str, str]:
    counts = Counter(piece for piece in pieces if _NAME.match(piece))
    free = (name for name in _all_names() if name not in counts)
    by_use = sorted(declared, key=lambda name: (-counts[name], name))
    return dict(zip(by_use, free, strict=False))


def _all_names() -> Iterator[str]:
    yield from _LETTERS
    for first in _LETTERS:
        yield from (first + second for second in _LETTERS)


def _merge(pieces: Sequence[str]) -> list[str]:
    """Declare in one statement the constants that follow each other."""
    merged, statements = [""], [""]
    for piece in pieces:
        is_constant = piece == "const"
        if is_constant and merged[-1] == ";" and statements[-1] == "const":
            merged[-1] = ","
            continue
        if is_constant or (merged[-1] in {";", "{", "}"} and piece != ";"):
            statements[-1] = piece
        if piece in _OPENING:
            statements.append("")
        elif piece in _CLOSING:
            statements.pop()
        merged.append(piece)
    return merged


def _join(pieces: Sequence[str], names: Mapping[str, str]) -> str:
    written = [""]
    for piece in pieces:
        is_template = piece.startswith("`")
        word = _HOLE.sub(lambda hole: _rename(hole[0], names), piece) if is_template else piece
        word = names.get(word, word)
        if _IN_WORDS.match(word) and _IN_WORDS.match(written[-1][-1:]):
            written.append(" ")
        written.append(word)
    return "".join(written)


def _rename(expression: str, names: Mapping[str, str]) -> str:
    return "".join(names.get(piece, piece) for piece in _PIECE.findall(expression))
