"""Former releases, as their commits have them, and schemas that are yet to come."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

ROOT = Path(__file__).parents[2]
_RELEASES = ROOT / "docs" / "releases.md"
_CODE = ("bot", "channels", "config", "workers")
_VERSIONS = Path("bot/storage/migrations/versions")


@dataclass(frozen=True)
class Release:
    """One line of the list of releases."""

    version: str
    commit: str
    schema: str


def read_releases() -> list[Release]:
    """Read the list, the oldest first."""
    lines = [line.strip("| ").split(" | ") for line in _RELEASES.read_text().splitlines()]
    cells = [line for line in lines if len(line) == 4][1:]
    return [Release(version, commit, schema) for version, _, commit, schema in cells]


@contextmanager
def checked_out(commit: str) -> Iterator[Path]:
    """Lay a commit's files out beside ours; without that history a test skips, but not in CI."""
    if _git("cat-file", "-e", f"{commit}^{{commit}}").returncode:
        reason = f"this clone's history does not reach back to {commit[:12]}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with TemporaryDirectory() as directory:
        tree = Path(directory) / "release"
        _git("worktree", "add", "--detach", str(tree), commit).check_returncode()
        try:
            yield tree
        finally:
            _git("worktree", "remove", "--force", str(tree))


@contextmanager
def code_with(revision: str, changes: Sequence[str], *, additive: bool) -> Iterator[Path]:
    """Copy our code and add a revision to it, as a later release might."""
    with TemporaryDirectory() as directory:
        tree = Path(directory)
        for name in _CODE:
            shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        (tree / _VERSIONS / f"{revision}.py").write_text(
            f'"""Made up."""\n\nimport sqlalchemy as sa\nfrom alembic import op\n\n'
            f"revision, down_revision = {revision!r}, {our_head()!r}\nadditive = {additive}\n\n\n"
            "def upgrade() -> None:\n" + "".join(f"    {change}\n" for change in changes)
        )
        yield tree


def our_head() -> str:
    """Name the schema of this code."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / _VERSIONS.parent))
    return str(ScriptDirectory.from_config(config).get_current_head())


def run(
    tree: Path, environment: Mapping[str, str], *words: str
) -> subprocess.CompletedProcess[str]:
    """Run a command of the code in a folder."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=tree,
        env={**environment, "PYTHONPATH": str(tree)},
        check=False,
        capture_output=True,
        text=True,
    )


def _git(*words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["git", *words], cwd=ROOT, check=False, capture_output=True)  # noqa: S607 - whichever git there is
