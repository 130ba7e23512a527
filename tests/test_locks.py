import re
from pathlib import Path

import pytest

_ROOT = Path(__file__).parent.parent
_LOCKS = sorted(_ROOT.glob("requirements*.lock"))


def _pins(lock: Path) -> set[str]:
    return set(re.findall(r"^([a-z0-9][^ ]+==[^ ]+)", lock.read_text(), re.MULTILINE))


@pytest.mark.parametrize("lock", _LOCKS, ids=lambda lock: lock.name)
def test_a_lock_names_no_address(lock: Path) -> None:
    assert "://" not in lock.read_text()


@pytest.mark.parametrize("lock", _LOCKS, ids=lambda lock: lock.name)
def test_a_lock_has_a_hash_for_every_pin(lock: Path) -> None:
    entries = lock.read_text().split("\n    # via")
    assert _pins(lock)
    assert all("--hash=sha256:" in entry for entry in entries if "==" in entry)


def test_what_tests_install_is_enough_to_run() -> None:
    runtime, development = _ROOT / "requirements.lock", _ROOT / "requirements-dev.lock"
    assert _pins(runtime) <= _pins(development)


@pytest.mark.parametrize("lock", _LOCKS, ids=lambda lock: lock.name)
def test_a_lock_has_all_that_its_list_asks_for(lock: Path) -> None:
    asked = re.findall(r"^([a-z][a-z0-9-]+)", lock.with_suffix(".in").read_text(), re.MULTILINE)
    locked = {pin.split("==")[0] for pin in _pins(lock)}
    assert set(asked) <= locked
