import os
import tempfile
from pathlib import Path

import pytest

from tests.scratch import holds_programs_and_files

_MEMORY = Path("/dev/shm")  # noqa: S108 - only looked at


def test_what_tests_write_stays_in_memory(tmp_path: Path) -> None:
    if not holds_programs_and_files(_MEMORY):
        pytest.skip("there is no memory to write to")
    chosen = Path(os.environ["TMPDIR"])
    assert Path(tempfile.gettempdir()) == chosen
    assert tmp_path.stat().st_dev == chosen.stat().st_dev


@pytest.mark.parametrize("folder", ["/nowhere", "/proc"])
def test_a_folder_that_is_missing_or_full_is_left_alone(folder: str) -> None:
    assert not holds_programs_and_files(Path(folder))
