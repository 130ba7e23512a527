"""Docstrings name their noun, so that each is understood alone."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

_ROOT = Path(__file__).parent.parent
_FOLDERS = ("bot/outbox", "bot/storage/outbox", "bot/notifications", "bot/ports", "channels")
_NOUNLESS = re.compile(r"(What|Who|Whoever|Somebody|Something|Nobody|It)\b|\w+ (it|them)\b")
_HAVE_DOCSTRINGS = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def _docstrings(folder: str) -> Iterator[tuple[str, str]]:
    for path in sorted((_ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, _HAVE_DOCSTRINGS) and (words := ast.get_docstring(node)):
                yield path.relative_to(_ROOT).as_posix(), words


@pytest.mark.parametrize("folder", _FOLDERS)
def test_docstrings_name_their_noun(folder: str) -> None:
    found = list(_docstrings(folder))
    assert found
    assert [(file, words) for file, words in found if _NOUNLESS.match(words)] == []


@pytest.mark.parametrize("words", ["End it for good.", "Tell it.", "What names it.", "Serve them."])
def test_a_docstring_without_its_noun_is_found(words: str) -> None:
    assert _NOUNLESS.match(words)
