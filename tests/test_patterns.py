"""No pattern takes longer than its text is long, whatever a stranger writes: each is tried."""

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import bot
import channels
import config
import workers
from tests.effort import effort
from tests.effort.hostile_texts import pumps

SIZES = (*range(8, 32, 2), 64, 1_000, 16_000)  # some patterns would not come back from long ones
MOST = 0.05  # seconds for the longest
ENDS = ("", "\0", "!", "\n", "x")
NOT_FOR_STRANGERS = {
    "bot.core.typos._LONG_ENOUGH": "read over our own list of providers",
    "bot.edge.bundle": "reads our own scripts",
    "bot.edge.minify": "reads our own scripts",
    "bot.processes.supervisor": "reads the Procfile",
    "channels.webchat.loader": "reads our own style sheets",
    "config.hours": "reads what the operator has set",
    "config.kinds": "reads what the operator has set",
}
ANCHORED = {"match", "fullmatch", "pattern"}
HOME = Path(__file__).parent.parent
SCRIPTS = ("channels/webchat/widget", "bot/web/static/inbox", "bot/web/static/demo")
_BODY = r"((?:\\.|[^/\\\n\[]|\[(?:\\.|[^\]\\\n])*\])+)"
LITERAL = re.compile(rf"(?:[=>,&|!] |\()/(?![/*]){_BODY}/\w*")


def modules() -> Iterator[ModuleType]:
    for root in (bot, channels, config, workers):
        for found in pkgutil.walk_packages(root.__path__, f"{root.__name__}."):
            if ".migrations" not in found.name and not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


def patterns_in(value: object) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, list | tuple | set | frozenset):
        for each in value:
            yield from patterns_in(each)
    elif isinstance(value, dict):
        yield from patterns_in(list(value.values()))


@cache
def ways_of(module: ModuleType) -> dict[str, set[str]]:
    """By the name of a pattern, how it is used: `fullmatch`, `sub` …"""
    ways: dict[str, set[str]] = {}
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            ways.setdefault(node.value.id, set()).add(node.attr)
    return ways


def patterns() -> Iterator[tuple[str, re.Pattern[Any], bool]]:
    """Name each pattern of ours, and say whether it is only tried where a text begins."""
    for module in modules():
        for name, value in vars(module).items():
            ways = ways_of(module).get(name, {"search"})
            for number, pattern in enumerate(patterns_in(value)):
                label = f"{module.__name__}.{name}" + (f"[{number}]" if number else "")
                yield label, pattern, ways <= ANCHORED
        yield from written_in(module)


def written_in(module: ModuleType) -> Iterator[tuple[str, re.Pattern[Any], bool]]:
    """Give the patterns that stand where they are used."""
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        match node:
            case ast.Call(
                ast.Attribute(ast.Name("re"), way), [ast.Constant(str() | bytes() as text), *_]
            ) if way != "compile":
                yield f"{module.__name__}: {text!r}", re.compile(text), way in ANCHORED


def scripts_patterns() -> Iterator[tuple[str, re.Pattern[str], bool]]:
    for folder in SCRIPTS:
        for path in sorted((HOME / folder).glob("*.js")):
            for found in LITERAL.finditer(path.read_text("utf-8")):
                written = found[1].replace(r"\/", "/")
                yield f"{path.name}: {written}", re.compile(written), False


STRANGERS = [
    each
    for each in (*patterns(), *scripts_patterns())
    if not each[0].startswith(tuple(NOT_FOR_STRANGERS))
]


def cost(pattern: re.Pattern[Any], text: str, *, is_anchored: bool) -> float:
    given: str | bytes = text
    if isinstance(pattern.pattern, bytes):
        given = text.encode("latin-1", "replace")
    tried: Callable[[], object] = lambda: pattern.fullmatch(given) or pattern.match(given)  # noqa: E731
    everywhere: Callable[[], object] = lambda: sum(1 for _ in pattern.finditer(given))  # noqa: E731
    return effort(tried if is_anchored else everywhere, MOST)


def worst(pattern: re.Pattern[Any], *, is_anchored: bool) -> tuple[float, str]:
    """Say which text takes longest; a pattern that grows wild is left at once."""
    found = (0.0, "")
    for before, piece in sorted(pumps(pattern)):
        for end in ENDS:
            for size in SIZES:
                text = before + piece * max(1, size // len(piece)) + end
                seconds = cost(pattern, text, is_anchored=is_anchored)
                found = max(found, (seconds, text[:60]))
                if seconds > MOST:
                    return found
    return found


@pytest.mark.parametrize(
    ("pattern", "is_anchored"),
    [each[1:] for each in STRANGERS],
    ids=[each[0] for each in STRANGERS],
)
def test_no_pattern_takes_longer_than_its_text_is_long(
    pattern: re.Pattern[Any], *, is_anchored: bool
) -> None:
    seconds, text = worst(pattern, is_anchored=is_anchored)
    assert seconds < MOST, f"{pattern.pattern!r} on {text!r}…"


@pytest.mark.parametrize(
    "careless",
    [r"(?:\s*^[>|\s]*$)+\Z", r"(a+)+b", r"\s+$", r"[^@]+@[^@]+", r"(?:On\s.+?\s?.+?)\s?wrote:$"],
)
def test_a_careless_pattern_is_found(careless: str) -> None:
    seconds, _ = worst(re.compile(careless, re.MULTILINE), is_anchored=False)
    assert seconds > MOST


def test_each_exception_is_still_one() -> None:
    names = [name for name, _, _ in patterns()]
    assert [each for each in NOT_FOR_STRANGERS if not any(n.startswith(each) for n in names)] == []
