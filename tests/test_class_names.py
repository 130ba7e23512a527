"""No two public classes have one name; folders of channels may repeat each other's."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

_ROOT = Path(__file__).parent.parent
_TREES = ("bot", "channels", "config", "workers")


def _classes() -> Iterator[tuple[str, str]]:
    for tree in _TREES:
        for path in sorted((_ROOT / tree).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    yield node.name, path.relative_to(_ROOT).as_posix()


def _collisions(classes: list[tuple[str, str]]) -> dict[str, list[str]]:
    places = defaultdict[str, list[str]](list)
    for name, file in classes:
        places[name].append(file)
    return {name: files for name, files in places.items() if not _may_share(files)}


def _may_share(files: list[str]) -> bool:
    """Say whether each stands in the folder of another channel."""
    folders = [file.split("/")[1] for file in files if file.startswith("channels/")]
    return len(files) == 1 or len(folders) == len(set(folders)) == len(files)


def test_no_public_class_name_is_given_twice() -> None:
    classes = list(_classes())
    assert len(classes) > 300
    assert _collisions(classes) == {}


def test_channels_may_repeat_each_other_and_nobody_else() -> None:
    ours, theirs = "channels/pigeon/a.py", "channels/raven/b.py"
    assert _collisions([("Sender", ours), ("Sender", theirs)]) == {}
    for other in ("channels/pigeon/c.py", "bot/ports/channels.py"):
        assert list(_collisions([("Sender", ours), ("Sender", other)])) == ["Sender"]
