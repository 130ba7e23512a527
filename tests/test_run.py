import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_RUN = Path(__file__).parent.parent / "run"
_SHOW_ARGUMENTS = "import sys; print(sys.argv[1:], file=sys.stdout)\n"


class Checkout:
    """A project with nothing to install, so that only `run` itself is at work."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.programs = root / "programs"
        self.programs.mkdir(parents=True)
        (root / "bot").mkdir()
        for name in ("requirements.lock", "requirements-dev.lock", "requirements-ui.lock"):
            (root / name).write_text(f"# {name}\n")
        for stand_in in ("bot/__main__.py", "pytest.py"):
            (root / stand_in).write_text(_SHOW_ARGUMENTS)
        shutil.copy(_RUN, root / "run")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, self.root / "run", *arguments],
            check=False,
            cwd=os.sep,
            env={"PATH": str(self.programs)},
            capture_output=True,
            text=True,
        )

    def touch(self, lock: str) -> None:
        with (self.root / lock).open("a") as file:
            file.write("#\n")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    return Checkout(tmp_path_factory.mktemp("a path") / "with blanks")


def test_an_unknown_word_is_a_command_of_the_system(checkout: Checkout) -> None:
    assert checkout.run("agents", "add", "ada lovelace").stdout == (
        "['agents', 'add', 'ada lovelace']\n"
    )


def test_without_a_word_everything_is_started(checkout: Checkout) -> None:
    assert checkout.run().stdout == "[]\n"


def test_unit_asks_pytest_for_the_fast_tests(checkout: Checkout) -> None:
    asked = checkout.run("unit", "-x").stdout
    assert asked.startswith("['-m', 'unit', ")
    assert asked.endswith("'tests/bot/core', 'tests/channels', 'tests/config', '-x']\n")


def test_arguments_of_test_go_to_pytest(checkout: Checkout) -> None:
    assert checkout.run("test", "-k", "one thing").stdout == "['-k', 'one thing']\n"


def test_the_whole_suite_uses_all_cores(checkout: Checkout) -> None:
    chosen = "['-n', 'logical', '--dist', 'loadfile', '--no-loadscope-reorder']"
    assert checkout.run("test").stdout == f"{chosen}\n"


def test_nothing_is_set_up_twice(checkout: Checkout) -> None:
    checkout.run("migrate")
    assert checkout.run("migrate").stderr == ""


def test_a_changed_lock_is_set_up_again(checkout: Checkout) -> None:
    checkout.run("migrate")
    checkout.touch("requirements.lock")
    assert "requirements.lock" in checkout.run("migrate").stderr


def test_what_tests_install_is_enough_to_run(checkout: Checkout) -> None:
    checkout.touch("requirements.lock")
    checkout.run("test")
    assert checkout.run("migrate").stderr == ""


def test_what_runs_is_not_enough_for_tests(checkout: Checkout) -> None:
    checkout.touch("requirements.lock")
    checkout.run("migrate")
    assert "requirements-dev.lock" in checkout.run("test").stderr


def test_where_there_is_a_browser_its_tests_are_set_up(checkout: Checkout) -> None:
    chromium = checkout.programs / "chromium"
    chromium.touch(mode=0o755)
    setting_up = checkout.run("test").stderr
    chromium.unlink()
    assert "requirements-ui.lock" in setting_up


def test_a_failed_installation_is_no_installation(checkout: Checkout) -> None:
    lock = checkout.root / "requirements.lock"
    sound = lock.read_text()
    lock.write_text("no-such-package==1\n")
    attempts = [checkout.run("migrate"), checkout.run("migrate")]
    lock.write_text(sound)
    for failed in attempts:
        assert failed.returncode != 0
        assert "requirements.lock could not be installed" in failed.stderr


def test_every_linter_has_its_say_though_the_first_complains(checkout: Checkout) -> None:
    checkout.run("test")
    for linter in ("ruff", "mypy", "lint-imports"):
        script = checkout.root / ".venv" / "bin" / linter
        script.write_text(f"#!/bin/sh\necho {linter} was here\nexit 1\n")
        script.chmod(0o755)
    linted = checkout.run("lint")
    assert linted.returncode == 1
    assert "lint-imports was here" in linted.stdout
    assert "Failed: ruff, ruff, mypy, lint-imports" in linted.stdout
