from pathlib import Path

import pytest

from bot.runtime.filelock import AlreadyLockedError, exclusive_lock


def test_a_second_holder_is_refused(tmp_path: Path) -> None:
    with (
        exclusive_lock(tmp_path / "lock"),
        pytest.raises(AlreadyLockedError),
        exclusive_lock(tmp_path / "lock"),
    ):
        pass


def test_the_next_holder_is_let_in(tmp_path: Path) -> None:
    with exclusive_lock(tmp_path / "lock"):
        pass
    with exclusive_lock(tmp_path / "lock"):
        pass


def test_the_folder_is_made_for_its_owner_only(tmp_path: Path) -> None:
    with exclusive_lock(tmp_path / "new" / "lock"):
        assert (tmp_path / "new").stat().st_mode & 0o077 == 0
