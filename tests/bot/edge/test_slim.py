"""Leaving out comments must leave the program."""

import re
from pathlib import Path

import pytest

from bot.edge.assets import SCRIPTS
from bot.edge.minify import minify

_ROOT = Path(__file__).parents[3]
_FOLDERS = (
    SCRIPTS,
    _ROOT / "channels" / "webchat" / "widget",
    _ROOT / "bot" / "web" / "static" / "inbox",
)
_SOURCES = sorted(
    path for folder in _FOLDERS for path in folder.glob("*.*") if path.suffix in {".js", ".css"}
)


def test_comments_and_margins_go() -> None:
    source = (
        '/** Says. */\nconst a = /** @type {any} */ (b); // why\n  // alone\n  go("https://x");\n'
    )
    assert minify(source) == 'const a = (b); \ngo("https://x");\n'


@pytest.mark.parametrize("path", _SOURCES, ids=lambda path: path.name)
def test_no_string_of_ours_holds_a_comment_sign(path: Path) -> None:
    source = path.read_text()
    strings = re.findall(r'"[^"\n]*"', source)
    assert not [each for each in strings if "/*" in each or "*/" in each or " // " in each]


@pytest.mark.parametrize("path", _SOURCES, ids=lambda path: path.name)
def test_what_is_left_is_shorter_and_has_no_comments(path: Path) -> None:
    left = minify(path.read_text())
    assert 0 < len(left) < len(path.read_text())
    assert "/*" not in left
