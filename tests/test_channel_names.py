"""No file outside `channels/` and the composition root knows a channel."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

import pytest

from bot.storage.outbox.rows import Work
from channels import VARIABLES
from config.channel_facts import ChannelFacts
from config.rules import MAIL
from tests.pigeon.variables import PigeonVariables

_ROOT = Path(__file__).parent.parent
_TREES = ("bot", "config", "workers")
_READ = {".py", ".html", ".js", ".css", ".json", ".txt", ".svg", ".mako"}
_FACTS: list[ChannelFacts] = [*(each.facts for each in VARIABLES), PigeonVariables.facts]


def _spellings(facts: ChannelFacts) -> Iterator[str]:
    for name in (facts.name, facts.title):
        yield "[-_ ]?".join(map(re.escape, name.split()))


_NAMES = ("facebook", *(each for facts in _FACTS for each in _spellings(facts)))
_NAME = re.compile("|".join(_NAMES), re.IGNORECASE)
_TAKEN = {MAIL, *Work}
"""By what else accounts are filed."""
_ROOTS = ("bot/wiring/",)
"""The composition root knows every concrete class."""
_EXCEPTIONS = MappingProxyType(
    {
        "bot/web/demo/": "the demo is a simulator of Messenger and a shop with the web chat",
        "bot/web/templates/demo/": "its pages",
        "bot/web/static/demo/": "its scripts and styles",
        "bot/storage/migrations/versions/": "what was stored is called as it was",
        "bot/mail/throw_away_domains.txt": "names of others' domains",
    }
)
_WORDS = MappingProxyType(
    {
        ("bot/core/model.py", 'PROFILE = "messenger_profile"'): "stored and published so",
    }
)
"""Single lines, each with its reason."""


def _files() -> Iterator[str]:
    for tree in _TREES:
        for path in sorted((_ROOT / tree).rglob("*")):
            name = path.relative_to(_ROOT).as_posix()
            is_ours = path.suffix in _READ and "vendor" not in path.parts
            if is_ours and not name.startswith((*_ROOTS, *_EXCEPTIONS)):
                yield name


def _lines(name: str) -> Iterator[str]:
    for line in (_ROOT / name).read_text("utf-8").splitlines():
        if _NAME.search(line) and (name, line.strip()) not in _WORDS:
            yield line.strip()


def test_the_files_are_found() -> None:
    names = set(_files())
    assert {
        "bot/core/decide.py",
        "bot/web/templates/inbox/_thread.html",
        "bot/web/static/inbox/compose.js",
        "config/settings.py",
        "workers/jobs.py",
    } <= names


def test_no_channel_is_filed_under_another_name_of_ours() -> None:
    assert not {facts.name for facts in _FACTS} & _TAKEN


def test_no_file_knows_a_channel_by_any_spelling() -> None:
    assert {name: found for name in _files() if (found := list(_lines(name)))} == {}


_SPELLINGS = (
    "carrier_pigeon",
    "Messenger",
    "messenger",
    "Facebook",
    "webchat",
    "Web chat",
    "web-chat",
    "web_chat",
)


@pytest.mark.parametrize("word", _SPELLINGS)
def test_every_spelling_is_found(word: str) -> None:
    assert _NAME.search(f"a {word} b")


@pytest.mark.parametrize("start", _EXCEPTIONS)
def test_an_exception_is_still_one(start: str) -> None:
    tree = _ROOT / start
    found = [path for path in (tree, *tree.rglob("*")) if path.suffix in _READ]
    assert any(_NAME.search(path.read_text("utf-8")) for path in found)


@pytest.mark.parametrize(("name", "line"), _WORDS)
def test_an_excused_line_is_still_there(name: str, line: str) -> None:
    assert line in [each.strip() for each in (_ROOT / name).read_text("utf-8").splitlines()]


def test_nothing_but_the_composition_root_and_the_demo_imports_a_channel() -> None:
    may = (*_ROOTS, "bot/web/demo/")
    found = {
        name: sorted(modules)
        for name in _python()
        if not name.startswith(may) and (modules := set(_imported_channels(name)))
    }
    assert found == {}


def test_what_metas_channels_share_is_imported_by_them_alone() -> None:
    importers = {
        name.split("/")[1]
        for name in _python("channels")
        if any(module.startswith("channels.meta") for module in _imports(name))
    }
    assert importers - {"meta"} <= {"messenger"}


def _python(*trees: str) -> Iterator[str]:
    for tree in trees or _TREES:
        for path in sorted((_ROOT / tree).rglob("*.py")):
            yield path.relative_to(_ROOT).as_posix()


def _imported_channels(name: str) -> Iterator[str]:
    for module in _imports(name):
        if module.startswith("channels.") and not module.startswith("channels.base"):
            yield module


def _imports(name: str) -> Iterator[str]:
    for node in ast.walk(ast.parse((_ROOT / name).read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
