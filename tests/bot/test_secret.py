import stat
from pathlib import Path

import pytest

from bot.runtime.secret import derived_keys, secret_keys
from bot.wiring.settings import given_settings
from config.settings import Settings, SettingsError
from tests.environment import SECRET, TOKEN


def _settings(data_dir: Path, **given: object) -> Settings:
    return given_settings({"data_dir": data_dir, **given})


def test_a_made_secret_stays_the_same(tmp_path: Path) -> None:
    assert secret_keys(_settings(tmp_path)) == secret_keys(_settings(tmp_path))


def test_each_installation_has_its_own(tmp_path: Path) -> None:
    assert secret_keys(_settings(tmp_path)) != secret_keys(_settings(tmp_path / "other"))


def test_a_made_secret_is_long_and_for_its_owner_only(tmp_path: Path) -> None:
    (secret,) = secret_keys(_settings(tmp_path))
    assert len(secret) >= 32
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_nothing_else_is_left_behind(tmp_path: Path) -> None:
    secret_keys(_settings(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_given_secrets_are_taken_in_their_order(tmp_path: Path) -> None:
    given = _settings(tmp_path, secret_key=("n" * 40, "o" * 40))
    assert secret_keys(given) == ("n" * 40, "o" * 40)
    assert list(tmp_path.iterdir()) == []


def test_a_database_of_ones_own_asks_for_a_secret(tmp_path: Path) -> None:
    elsewhere = _settings(tmp_path, database_url="postgresql://nowhere/nothing")
    with pytest.raises(SettingsError, match="SECRET_KEY: missing"):
        secret_keys(elsewhere)


def test_a_key_for_one_purpose_says_nothing_about_another() -> None:
    settings = given_settings({"secret_key": f"{SECRET}, {TOKEN}"})
    mail, chat = derived_keys(settings, "mail"), derived_keys(settings, "chat")
    assert len({*mail, *chat, SECRET, TOKEN}) == 6
    assert derived_keys(settings, "mail") == mail
    older = given_settings({"secret_key": TOKEN})
    assert derived_keys(older, "mail") == mail[1:]


@pytest.mark.parametrize("kept", [b"", b"short", b"s" * 31, b" " * 40, b"\xff" * 40], ids=repr)
def test_a_kept_secret_that_can_be_guessed_or_not_be_read_is_refused(
    tmp_path: Path, kept: bytes
) -> None:
    (tmp_path / "secret_key").write_bytes(kept)
    with pytest.raises(SettingsError, match="DATA_DIR: the file secret_key"):
        secret_keys(_settings(tmp_path))
    assert (tmp_path / "secret_key").read_bytes() == kept


def test_what_is_no_file_is_no_secret(tmp_path: Path) -> None:
    (tmp_path / "secret_key").mkdir()
    with pytest.raises(SettingsError, match="DATA_DIR: the file secret_key"):
        secret_keys(_settings(tmp_path))
