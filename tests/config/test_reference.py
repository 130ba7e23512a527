from pathlib import Path

import pytest

from bot.wiring.settings import KINDS
from channels import VARIABLES
from config.reference import write_reference

_FILE = Path(__file__).parent.parent.parent / "docs" / "configuration.md"


def test_the_reference_tells_what_the_settings_are() -> None:
    assert _FILE.read_text() == write_reference(VARIABLES), (
        "run: ./run configuration > docs/configuration.md"
    )


@pytest.mark.parametrize(
    "heading", ["The server", "Messenger", "Web chat", "Asking for an email", "Trying it out"]
)
def test_every_section_has_its_heading(heading: str) -> None:
    assert f"\n## {heading}\n" in write_reference(VARIABLES)


def test_every_variable_says_what_it_is_and_what_it_takes() -> None:
    rows = [line for line in write_reference(VARIABLES).splitlines() if line.startswith("| `")]
    fields = [each for kind in KINDS for each in kind.model_fields.values()]
    assert len(rows) == len([1 for field in fields if not field.exclude])
    assert [row for row in rows if "|  |" in row or "None" in row] == []
