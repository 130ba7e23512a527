import re
import tomllib
from pathlib import Path

_ROOT = Path(__file__).parent.parent


def _contract() -> list[str]:
    """The layers as lint-imports holds them, the ground first."""
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text())
    contracts = project["tool"]["importlinter"]["contracts"]
    (layers,) = (each["layers"] for each in contracts if each["type"] == "layers")
    return [layer.strip("()") for layer in reversed(layers)]


def test_the_pages_table_of_layers_is_the_import_contract() -> None:
    page = (_ROOT / "docs" / "architecture.md").read_text()
    section = page.split("## The layers")[1].split("\n## ")[0]
    assert re.findall(r"^\| `([\w.]+)` \|", section, re.MULTILINE) == _contract()


def test_each_layer_stands_alone_on_its_line() -> None:
    assert not [layer for layer in _contract() if re.search(r"[|:]", layer)]


def test_each_folder_of_ours_is_in_a_layer() -> None:
    layers = set(_contract())
    for package in ("bot", "workers"):
        for path in (_ROOT / package).iterdir():
            module = f"{package}.{path.stem}"
            if path.suffix == ".py" or (path / "__init__.py").exists():
                assert path.stem == "__init__" or module in layers, module
