import stat
from pathlib import Path

from bot.secret import kept_secret


def test_the_secret_stays_the_same(tmp_path: Path) -> None:
    assert kept_secret(tmp_path) == kept_secret(tmp_path)


def test_each_installation_has_its_own(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    assert kept_secret(tmp_path) != kept_secret(tmp_path / "other")


def test_it_is_long_and_for_its_owner_only(tmp_path: Path) -> None:
    assert len(kept_secret(tmp_path)) >= 32
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_nothing_else_is_left_behind(tmp_path: Path) -> None:
    kept_secret(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]
