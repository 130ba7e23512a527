"""Agents from a shell."""

from pathlib import Path

import pytest

from bot.desk.sessions import Sessions
from bot.storage.database.engine import Database
from tests.bot.cli.conftest import Run
from tests.factories import NOON

MAYA = "maya@shop.example"
PASSWORD = "correct horse"  # noqa: S105 - nobody's
OTHER = "battery staple"
HINT = "./run agents password sets a new password, ./run agents change more."


@pytest.fixture
def url(migrated_file: Path, tmp_path: Path) -> str:
    (tmp_path / "shop.db").write_bytes(migrated_file.read_bytes())
    return f"sqlite:///{tmp_path / 'shop.db'}"


def can_sign_in(url: str, password: str) -> bool:
    database = Database(url)
    try:
        return Sessions(database, lambda: NOON).sign_in(MAYA, password) is not None
    finally:
        database.close()


def test_an_agent_comes_goes_and_comes_back(run: Run, url: str) -> None:
    here = {"DATABASE_URL": url}
    added = run("agents", "add", MAYA, "--admin", input=f"{PASSWORD}\n", **here)
    assert (added.returncode, added.stdout) == (0, f"Maya can sign in with {MAYA}.\n")
    assert can_sign_in(url, PASSWORD)
    assert run("agents", "list", **here).stdout.split() == [MAYA, "Maya", "admin"]
    assert run("agents", "password", MAYA, input=OTHER, **here).returncode == 0
    assert not can_sign_in(url, PASSWORD)
    assert run("agents", "disable", MAYA, **here).returncode == 0
    assert not can_sign_in(url, OTHER)
    run("agents", "change", MAYA, "--enable", "--no-admin", "--name", "Maya Olsen", **here)
    assert run("agents", "list", **here).stdout.split() == [MAYA, "Maya", "Olsen"]
    assert can_sign_in(url, OTHER)


def test_the_first_agent_may_come_before_the_first_start(run: Run, tmp_path: Path) -> None:
    assert run("agents", "add", MAYA, input=PASSWORD).returncode == 0
    assert (tmp_path / "var").stat().st_mode & 0o077 == 0
    assert MAYA in run("agents", "list").stdout


@pytest.mark.parametrize(
    ("words", "given", "said"),
    [
        (
            ("add", MAYA),
            PASSWORD,
            f"An agent has this email already. {HINT}",
        ),
        (("add", "maya"), PASSWORD, "email: not a complete email address."),
        (("add", "ann@shop.example"), "short", "password: at least 10 characters."),
        (
            ("add", "ann@shop.example"),
            "",
            "Write the password to standard input, or run this in a terminal to be asked.",
        ),
        (
            ("disable", "ann@shop.example"),
            "",
            "No agent has this email. ./run agents list shows who there is.",
        ),
    ],
)
def test_a_refusal_is_one_line_that_says_what_to_do(
    run: Run, url: str, words: tuple[str, ...], given: str, said: str
) -> None:
    run("agents", "add", MAYA, input=PASSWORD, DATABASE_URL=url)
    done = run("agents", *words, input=given, DATABASE_URL=url)
    assert (done.returncode, done.stderr) == (1, f"Error: {said}\n")
    assert not given or given not in done.stdout + done.stderr
